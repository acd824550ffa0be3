package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import rankine.kernels.DType;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;

/**
 * A dense matrix on the CPU, with padded rows like activations. Closing it returns its array to the
 * pool: a decomposition allocates a dozen of them, each some megabytes.
 */
final class CpuDenseMatrix implements DenseMatrix, CpuWeight {
  private static final long START_BYTES = (long) ActivationRows.START * Float.BYTES;

  private final ActivationRows values;
  private final ArrayPool pool;
  private boolean closed;

  private CpuDenseMatrix(ActivationRows values, ArrayPool pool) {
    this.values = values;
    this.pool = pool;
  }

  /** Allocates a matrix of undefined content from {@code pool}. */
  static CpuDenseMatrix allocate(int rows, int cols, ArrayPool pool) {
    return new CpuDenseMatrix(ActivationRows.allocate(rows, cols, pool), pool);
  }

  /** Its elements; another matrix may own the array once this is closed. */
  ActivationRows values() {
    if (closed) {
      throw new IllegalStateException("matrix: expected an open one, found a closed one");
    }
    return values;
  }

  @Override
  public int rows() {
    return values.rows();
  }

  @Override
  public int cols() {
    return values.width();
  }

  /** A view of the same memory. */
  @Override
  public Matrix source() {
    return source(values());
  }

  static Matrix source(ActivationRows values) {
    MemorySegment data = MemorySegment.ofArray(values.data()).asSlice(START_BYTES);
    return new Matrix(data, DType.F32, values.rows(), values.width(), values.stride(), 1);
  }

  /**
   * The array of a {@link #source}, with rows as in {@link ActivationRows}; null for other
   * matrices.
   */
  static float[] array(Matrix source) {
    boolean first = source.dtype() == DType.F32 && source.data().address() == START_BYTES;
    return first && source.data().heapBase().orElse(null) instanceof float[] array ? array : null;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pool.give(values.data());
    }
  }
}
