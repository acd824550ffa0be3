package rankine.kernels;

/**
 * A float32 matrix that {@link MatrixOps} made, resident on its {@link Backend}. It never changes.
 * Only the backend knows its layout.
 */
public interface DenseMatrix extends Weight, AutoCloseable {
  /** Frees it at once where memory is scarce; on the CPU the collector does. */
  @Override
  void close();
}
