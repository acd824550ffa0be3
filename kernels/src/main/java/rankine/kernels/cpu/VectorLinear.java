package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import rankine.kernels.DType;
import rankine.kernels.DTypeDecoder;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} with W as stored. Two layouts, each with one order of summation for every number
 * of rows:
 *
 * <ul>
 *   <li>rows of W contiguous: lane l of one accumulator takes features l, l + lanes, …; the lanes
 *       are then added up as {@link Lanes#sum(float[], int)} says.
 *   <li>columns of W contiguous (GPT-2's Conv1D): a lane an output, features in ascending order.
 * </ul>
 *
 * One token streams W once in its stored type, all layers of a group at once; several tokens share
 * panels of W widened to float32.
 */
final class VectorLinear {
  /** Up to so many rows of X, W is read as stored. */
  private static final int FEW_ROWS = 2;

  private final SmallBatchGemm.SmallBatchScratch scratch = new SmallBatchGemm.SmallBatchScratch();
  private final RowMajorGemv streamed = new RowMajorGemv(FEW_ROWS);
  private final ColumnMajorGemm.ColumnMajorScratch outer = new ColumnMajorGemm.ColumnMajorScratch();
  private final ColumnMajorGemv columns = new ColumnMajorGemv();

  void apply(LinearGroup group, Workers workers) {
    if (group.in().rows() <= FEW_ROWS) {
      streamed.apply(group, workers);
      columns.apply(group, workers);
      return;
    }
    for (int i = 0; i < group.size(); i++) {
      several(group.in(), group.weight(i), group.output(i), workers);
    }
  }

  private void several(ActivationRows x, Matrix w, LinearOutput output, Workers workers) {
    if (!w.rowContiguous()) {
      ColumnMajorGemm.apply(x, w, output, workers, outer);
    } else if (RowMajorGemm.suits(x.rows(), w)) {
      scratch.ready(workers.size());
      RowMajorGemm.apply(x, w, output, workers, scratch);
    } else {
      scratch.ready(workers.size());
      SmallBatchGemm.apply(x, w, output, workers, scratch);
    }
  }

  /** {@code into[offset + i] = W[row, from + i]}, i in [0, count). */
  static void widenRow(Matrix w, int row, int from, int count, float[] into, int offset) {
    if (w.rowContiguous()) {
      widen(w.data(), w.dtype(), row * w.rowStride() + from, count, into, offset);
    } else {
      for (int i = 0; i < count; i++) {
        into[offset + i] = w.get(row, from + i);
      }
    }
  }

  /**
   * {@code count} neighbouring elements, from element {@code index} on. A method a stored type:
   * what C2 has not seen used when it compiles this, it calls, and then no vector may cross the
   * call.
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
    for (int i = 0; i < count; i += COUNT) {
      Lanes.f32(data, at + 4L * i).intoArray(into, offset + i);
    }
  }

  private static void widenBf16(MemorySegment data, long at, int count, float[] into, int offset) {
    for (int i = 0; i < count; i += COUNT) {
      Lanes.bf16(data, at + 2L * i).intoArray(into, offset + i);
    }
  }
}
