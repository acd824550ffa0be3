package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import rankine.kernels.DType;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;

/** A dense matrix on the CPU: padded rows, as activations are. */
record CpuDenseMatrix(Rows values) implements DenseMatrix, CpuWeight {
  @Override
  public int rows() {
    return values.rows();
  }

  @Override
  public int cols() {
    return values.width();
  }

  /** The same memory as a stored matrix. */
  @Override
  public Matrix source() {
    MemorySegment data = MemorySegment.ofArray(values.data());
    return new Matrix(data, DType.F32, rows(), cols(), values.stride(), 1);
  }

  /** The array of a {@link #source}; null for other matrices. */
  static float[] array(Matrix source) {
    boolean first = source.dtype() == DType.F32 && source.data().address() == 0;
    return first && source.data().heapBase().orElse(null) instanceof float[] array ? array : null;
  }

  @Override
  public void close() {}
}
