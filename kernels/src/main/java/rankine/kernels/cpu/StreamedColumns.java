package rankine.kernels.cpu;

import static rankine.kernels.cpu.ColumnKernels.COLS;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for W with contiguous columns and one or two rows of X: W is read once, as
 * stored, a few columns at a time, while the outputs stay in a first-level cache. Each output is
 * one sum in ascending order of the features, as in {@link OuterProduct}.
 */
final class StreamedColumns implements Workers.Body {
  /** Tasks for each worker: one, for the longer a part of a column, the faster it is read. */
  private static final int TASKS = 1;

  /** Outputs of a task at most: with the columns that are read, half of a first-level cache. */
  private static final int MOST_OUTPUTS = 2048;

  /** Sums of each worker, [rows of X][MOST_OUTPUTS]. */
  private float[][] sums = {};

  private Rows x;
  private Matrix w;
  private Output out;

  /** Outputs of a whole task: whole vectors. */
  private int width;

  /** Whether rows of x are small enough for {@link ColumnKernels#f16}. */
  private boolean small;

  private final int mostRows;

  /**
   * @param mostRows rows of X at most
   */
  StreamedColumns(int mostRows) {
    this.mostRows = mostRows;
  }

  /** Not reentrant. */
  void apply(Rows x, Matrix w, Output out, Workers workers) {
    if (sums.length < workers.size()) {
      sums = new float[workers.size()][mostRows * MOST_OUTPUTS];
    }
    this.x = x;
    this.w = w;
    this.out = out;
    small = w.dtype() == DType.F16;
    for (int t = 0; t < x.rows() && small; t++) {
      small = Lanes.within(x, t, StripKernels.LARGEST_X);
    }
    int outputs = Math.ceilDiv(w.rows(), TASKS * workers.size());
    width = Math.min(MOST_OUTPUTS, Math.ceilDiv(outputs, COUNT) * COUNT);
    workers.run(Math.ceilDiv(w.rows(), width), this);
  }

  @Override
  public void run(int worker, int task) {
    int o = task * width;
    int count = Math.min(width, w.rows() - o);
    int whole = count - count % COUNT;
    vectors(o, whole, sums[worker]);
    for (int t = 0; t < x.rows(); t++) {
      for (int i = 0; i < whole; i += COUNT) {
        FloatVector sum = FloatVector.fromArray(FLOATS, sums[worker], t * MOST_OUTPUTS + i);
        out.put(t, o + i, sum);
      }
      for (int i = whole; i < count; i++) {
        out.put(t, o + i, single(t, o + i));
      }
    }
  }

  /** Rows o to {@code o + count} of W, whole vectors of them, times all rows of X. */
  private void vectors(int o, int count, float[] into) {
    Arrays.fill(into, 0f);
    int c = 0;
    boolean fast = w.dtype() != DType.F16 || small;
    for (; fast && c + COLS <= w.cols(); c += COLS) {
      for (int t = 0; t < x.rows() && fast; t++) {
        fast = columns(x.at(t) + c, start(o, c), count, into, t * MOST_OUTPUTS);
      }
    }
    if (!fast) { // from the beginning: sums may be wrong
      Arrays.fill(into, 0f);
      c = 0;
    }
    for (; c < w.cols(); c++) {
      for (int t = 0; t < x.rows(); t++) {
        float f = x.data()[x.at(t) + c];
        ColumnKernels.column(f, w.data(), start(o, c), w.dtype(), count, into, t * MOST_OUTPUTS);
      }
    }
  }

  /** Byte of element (o, c). */
  private long start(int o, int c) {
    return (o + c * w.colStride()) * w.dtype().bytes();
  }

  /** COLS columns; false if they are not finite and {@code into} is wrong. */
  private boolean columns(int at, long start, int count, float[] into, int to) {
    long distance = w.colStride() * w.dtype().bytes();
    switch (w.dtype()) {
      case F32 -> ColumnKernels.f32(x.data(), at, w.data(), start, distance, count, into, to);
      case BF16 -> ColumnKernels.bf16(x.data(), at, w.data(), start, distance, count, into, to);
      case F16 -> {
        return ColumnKernels.f16(x.data(), at, w.data(), start, distance, count, into, to);
      }
    }
    return true;
  }

  /** Row o of W times row t of X. */
  private float single(int t, int o) {
    float sum = 0;
    for (int c = 0; c < w.cols(); c++) {
      sum = Math.fma(w.get(o, c), x.data()[x.at(t) + c], sum);
    }
    return sum;
  }
}
