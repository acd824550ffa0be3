package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import rankine.kernels.DType;
import rankine.kernels.DTypeDecoder;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} with W as stored. Each of the two layouts has one order of summation for every
 * number of rows:
 *
 * <ul>
 *   <li>row-major W: partial sum l takes features l, l + {@link Lanes#PARTIALS}, …, however wide
 *       the vectors are; {@link Lanes#sum(float[], int)} defines how the partial sums are added.
 *   <li>column-major W (GPT-2's Conv1D): a lane is an output; {@link FeatureSlices} defines the
 *       order of the features.
 * </ul>
 *
 * <p>Few rows of X stream W once in its stored type, all layers of a group in one loop. More rows
 * share panels of W widened to float32.
 */
final class VectorLinear {
  /** Rows of X up to which a column-major W is read as stored, once per row of X (GEMV). */
  private static final int MAX_COLUMN_MAJOR_GEMV_ROWS = 2;

  private final GemmScratch scratch = new GemmScratch();
  private final RowMajorGemv rowMajorGemv = new RowMajorGemv();
  private final ColumnMajorGemv columnMajorGemv = new ColumnMajorGemv();

  void apply(LinearGroup group, Workers workers) {
    int rows = group.in().rows();
    if (rows <= RowMajorGemv.MAX_TOKENS) {
      rowMajorGemv.apply(group, workers);
    }
    if (rows <= MAX_COLUMN_MAJOR_GEMV_ROWS) {
      columnMajorGemv.apply(group, workers);
      return;
    }
    scratch.ready(workers.size());
    for (int i = 0; i < group.size(); i++) {
      LinearLayer layer = group.layer(i);
      if (rows > RowMajorGemv.MAX_TOKENS || !layer.w().rowContiguous()) {
        gemm(group.in(), layer, workers);
      }
    }
  }

  private void gemm(ActivationRows x, LinearLayer layer, Workers workers) {
    if (!layer.w().rowContiguous()) {
      ColumnMajorGemm.apply(x, layer, workers, scratch);
    } else if (RowMajorGemm.suits(x.rows(), layer.w())) {
      RowMajorGemm.apply(x, layer, workers, scratch);
    } else {
      SmallBatchGemm.apply(x, layer, workers, scratch);
    }
  }

  /** Implements {@link CpuKernels#product}. */
  void product(ActivationRows x, Matrix w, ActivationRows y, Workers workers) {
    LinearLayer layer = new LinearLayer().set(w, null, false, y);
    scratch.ready(workers.size());
    if (RowMajorGemm.suits(x.rows(), w) && CpuDenseMatrix.array(w) == null) {
      RowMajorGemm.apply(x, layer, workers, scratch);
    } else {
      ColumnMajorGemm.apply(x, layer, workers, scratch);
    }
  }

  /** Implements {@link CpuKernels#timesOwnTranspose}. */
  void timesOwnTranspose(Matrix w, ActivationRows y, Workers workers) {
    scratch.ready(workers.size());
    Syrk.apply(w, y, workers, scratch);
  }

  /** {@code into[offset + i] = W[row, i]}, i in [0, w.cols). */
  static void widenRow(Matrix w, int row, float[] into, int offset) {
    if (w.rowContiguous()) {
      widen(w.data(), w.dtype(), row * w.rowStride(), w.cols(), into, offset);
    } else {
      for (int i = 0; i < w.cols(); i++) {
        into[offset + i] = w.get(row, i);
      }
    }
  }

  /**
   * Widens {@code count} neighbouring elements, from element {@code index} on. Each stored type has
   * its own method: C2 calls the branches that it has not seen when it compiles this, and no vector
   * may cross such a call.
   */
  static void widen(
      MemorySegment data, DType dtype, long index, int count, float[] into, int offset) {
    int whole = count - count % COUNT;
    switch (dtype) {
      case F32 -> widenF32(data, index * 4, whole, into, offset);
      case F16 -> {
        Binary16.widen(data, index * 2, count, into, offset);
        return;
      }
      case BF16 -> widenBf16(data, index * 2, whole, into, offset);
    }
    for (int i = whole; i < count; i++) {
      into[offset + i] = DTypeDecoder.get(data, dtype, index + i);
    }
  }

  private static void widenF32(MemorySegment data, long at, int count, float[] into, int offset) {
    Lanes.readsMapped(data);
    for (int i = 0; i < count; i += COUNT) {
      Lanes.f32(data, at + 4L * i).intoArray(into, offset + i);
    }
  }

  private static void widenBf16(MemorySegment data, long at, int count, float[] into, int offset) {
    Lanes.readsMapped(data);
    for (int i = 0; i < count; i += COUNT) {
      Lanes.bf16(data, at + 2L * i).intoArray(into, offset + i);
    }
  }
}
