package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Widen;

/**
 * {@code Y = X Wᵀ} with W as stored. Two layouts, each with one order of summation for every number
 * of rows:
 *
 * <ul>
 *   <li>rows of W contiguous: lane l of one accumulator takes features l, l + lanes, …; the lanes
 *       are then summed by halves. One token streams W once in its stored type; several share a
 *       panel of W widened to float32.
 *   <li>columns of W contiguous (GPT-2's Conv1D): a lane an output, features in ascending order.
 * </ul>
 */
final class VectorLinear {
  /** Up to so many rows, W is read as stored for each of them. */
  private static final int FEW_ROWS = 2;

  /** From so many rows on, W is worth being turned about. */
  private static final int MANY_ROWS = 128;

  /** Outputs that one step over a single row makes. */
  private static final int STRIP = 4;

  /** Outputs of a panel of a columns-contiguous matrix. */
  private static final int PANEL_ROWS = 64;

  private final PanelProduct.Scratch scratch = new PanelProduct.Scratch();

  void apply(Rows x, Matrix w, float[] bias, boolean accumulate, Rows y, Workers workers) {
    scratch.ready(workers.size());
    Output out = new Output(y, bias, accumulate);
    if (!w.rowContiguous()) {
      columns(x, w, out, workers);
    } else if (x.rows() <= FEW_ROWS) {
      streamed(x, w, out, workers);
    } else if (x.rows() >= LaneProduct.MANY_ROWS && LaneProduct.takes(w)) {
      LaneProduct.apply(x, w, out, workers, scratch);
    } else {
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

  // Rows of W contiguous, few tokens.

  private static void streamed(Rows x, Matrix w, Output out, Workers workers) {
    int strips = Math.ceilDiv(w.rows(), STRIP);
    int perTask = Math.max(1, Math.ceilDiv(strips, 8 * workers.size()));
    workers.run(
        Math.ceilDiv(strips, perTask),
        (worker, task) -> {
          float[] sums = new float[STRIP];
          int end = Math.min(strips, (task + 1) * perTask);
          for (int s = task * perTask; s < end; s++) {
            int o = s * STRIP;
            int count = Math.min(STRIP, w.rows() - o);
            for (int t = 0; t < x.rows(); t++) {
              strip(x.data(), x.at(t), w, o, count, sums);
              for (int i = 0; i < count; i++) {
                out.put(t, o + i, sums[i]);
              }
            }
          }
        });
  }

  /** {@code sums[i] = W[o + i] · x}, i in [0, count). */
  private static void strip(float[] x, int at, Matrix w, int o, int count, float[] sums) {
    long bytes = w.dtype().bytes();
    long start = o * w.rowStride() * bytes;
    long stride = w.rowStride() * bytes;
    if (count == STRIP && w.cols() % COUNT == 0) {
      switch (w.dtype()) {
        case F32 -> StripKernels.f32(x, at, w.data(), start, stride, w.cols(), sums);
        case F16 -> StripKernels.f16(x, at, w.data(), start, stride, w.cols(), sums);
        case BF16 -> StripKernels.bf16(x, at, w.data(), start, stride, w.cols(), sums);
      }
    } else {
      for (int i = 0; i < count; i++) {
        sums[i] = StripKernels.one(x, at, w.data(), start + i * stride, w.dtype(), w.cols());
      }
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
      case F16 -> widenF16(data, index * 2, whole, into, offset);
      case BF16 -> widenBf16(data, index * 2, whole, into, offset);
    }
    for (int i = whole; i < count; i++) {
      into[offset + i] = Widen.get(data, dtype, index + i);
    }
  }

  private static void widenF32(MemorySegment data, long at, int count, float[] into, int offset) {
    for (int i = 0; i < count; i += COUNT) {
      Lanes.f32(data, at + 4L * i).intoArray(into, offset + i);
    }
  }

  private static void widenF16(MemorySegment data, long at, int count, float[] into, int offset) {
    for (int i = 0; i < count; i += COUNT) {
      Lanes.f16(data, at + 2L * i).intoArray(into, offset + i);
    }
  }

  private static void widenBf16(MemorySegment data, long at, int count, float[] into, int offset) {
    for (int i = 0; i < count; i += COUNT) {
      Lanes.bf16(data, at + 2L * i).intoArray(into, offset + i);
    }
  }

  // Columns of W contiguous.

  private void columns(Rows x, Matrix w, Output out, Workers workers) {
    int n = w.cols();
    workers.run(
        Math.ceilDiv(w.rows(), PANEL_ROWS),
        (worker, task) -> {
          int o = task * PANEL_ROWS;
          int count = Math.min(PANEL_ROWS, w.rows() - o);
          float[] panel = scratch.of(worker).panel(n * PANEL_ROWS);
          for (int c = 0; c < n; c++) {
            widen(w.data(), w.dtype(), c * w.colStride() + o, count, panel, c * PANEL_ROWS);
          }
          float[] sums = new float[COUNT];
          for (int t = 0; t < x.rows(); t++) {
            for (int i = 0; i < count; i += COUNT) {
              column(x.data(), x.at(t), n, panel, i, sums);
              for (int c = 0; c < Math.min(COUNT, count - i); c++) {
                out.put(t, o + i + c, sums[c]);
              }
            }
          }
        });
  }

  /** {@code sums[l] = Σ_c panel[c, at + l] x[c]}: panel [n][PANEL_ROWS]. */
  private static void column(float[] x, int xAt, int n, float[] panel, int at, float[] sums) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int c = 0; c < n; c++) {
      sum =
          FloatVector.fromArray(FLOATS, panel, c * PANEL_ROWS + at)
              .fma(Lanes.broadcast(x[xAt + c]), sum);
    }
    sum.intoArray(sums, 0);
  }
}
