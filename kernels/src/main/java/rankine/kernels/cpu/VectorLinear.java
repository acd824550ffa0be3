package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Widen;

/**
 * {@code Y = X Wᵀ} with W as stored. Two layouts, each with one order of summation for every number
 * of rows:
 *
 * <ul>
 *   <li>rows of W contiguous: lane l of one accumulator takes features l, l + lanes, …; the lanes
 *       are then summed by halves.
 *   <li>columns of W contiguous (GPT-2's Conv1D): a lane an output, features in ascending order.
 * </ul>
 *
 * One token streams W once in its stored type; several share panels of W widened to float32.
 */
final class VectorLinear {
  /** Up to so many rows of X, W is read as stored. */
  private static final int FEW_ROWS = 2;

  /** From so many rows on, W is worth being turned about. */
  private static final int MANY_ROWS = 128;

  private final PanelProduct.Scratch scratch = new PanelProduct.Scratch();
  private final StreamedProduct streamed = new StreamedProduct(FEW_ROWS);
  private final OuterProduct.Scratch outer = new OuterProduct.Scratch();
  private final StreamedColumns columns = new StreamedColumns(FEW_ROWS);

  void apply(Rows x, Matrix w, float[] bias, boolean accumulate, Rows y, Workers workers) {
    Output out = new Output(y, bias, accumulate);
    boolean few = x.rows() <= FEW_ROWS;
    if (!w.rowContiguous()) {
      if (few) {
        columns.apply(x, w, out, workers);
      } else {
        OuterProduct.apply(x, w, out, workers, outer);
      }
    } else if (few) {
      streamed.apply(x, w, out, workers);
    } else {
      scratch.ready(workers.size());
      PanelProduct.apply(x, w, out, workers, scratch);
    }
  }

  /** {@code Y = X Wᵀ} for many rows of X. */
  void product(Rows x, Matrix w, Rows y, Workers workers) {
    if (w.rowContiguous() && x.rows() < MANY_ROWS) {
      scratch.ready(workers.size());
      PanelProduct.apply(x, w, new Output(y, null, false), workers, scratch);
    } else {
      OuterProduct.apply(x, w, y, workers);
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

  /** {@code count} neighbouring elements, from element {@code index} on. */
  static void widen(
      MemorySegment data, DType dtype, long index, int count, float[] into, int offset) {
    int whole = count - count % COUNT;
    switch (dtype) {
      case F32 -> {
        for (int i = 0; i < whole; i += COUNT) {
          Lanes.f32(data, (index + i) * 4).intoArray(into, offset + i);
        }
      }
      case F16 -> {
        for (int i = 0; i < whole; i += COUNT) {
          Lanes.f16(data, (index + i) * 2).intoArray(into, offset + i);
        }
      }
      case BF16 -> {
        for (int i = 0; i < whole; i += COUNT) {
          Lanes.bf16(data, (index + i) * 2).intoArray(into, offset + i);
        }
      }
    }
    for (int i = whole; i < count; i++) {
      into[offset + i] = Widen.get(data, dtype, index + i);
    }
  }
}
