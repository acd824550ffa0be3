package rankine.kernels;

/**
 * An immutable float32 matrix, created by {@link MatrixOps} and resident on its {@link Backend}.
 * The layout is private to the backend.
 */
public interface DenseMatrix extends Weight, AutoCloseable {
  /** Frees device memory at once; on the CPU the garbage collector frees the matrix. */
  @Override
  void close();
}
