package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for W with contiguous columns and one or two rows of X: W is read once, as
 * stored, a few columns at a time, while the outputs stay in a first-level cache. Sums are those of
 * {@link OuterProduct}, to the bit: {@link FeatureSlices} says how; a task sums a slice.
 */
final class StreamedColumns implements Workers.Body {
  /** Outputs of a task at most: with the columns that are read, half of a first-level cache. */
  private static final int MOST_OUTPUTS = 4096;

  /** Sums of the slices, [slices][rows of X][outputs, whole vectors]. */
  private float[] sums = {};

  private Rows x;
  private Matrix w;

  /** Features of a slice. */
  private int depth;

  /** Floats from one row of sums to the next. */
  private int stride;

  /** Tasks of a slice, and outputs of each but the last: whole vectors. */
  private int pieces;

  private int width;

  /** Not reentrant. */
  void apply(Rows x, Matrix w, Output out, Workers workers) {
    this.x = x;
    this.w = w;
    depth = FeatureSlices.depth(w.cols());
    int slices = FeatureSlices.count(w.cols());
    stride = Math.ceilDiv(w.rows(), COUNT) * COUNT;
    int floats = Math.multiplyExact(slices * x.rows(), stride);
    if (sums.length < floats) {
      sums = new float[floats];
    }
    int atLeast = Math.ceilDiv(workers.size(), slices);
    width = Math.min(MOST_OUTPUTS, Math.ceilDiv(stride / COUNT, atLeast) * COUNT);
    pieces = Math.ceilDiv(stride, width);
    workers.run(slices * pieces, this);
    for (int t = 0; t < x.rows(); t++) {
      total(t, slices, out);
    }
  }

  /** The slices' sums for row t of X, added up. */
  private void total(int t, int slices, Output out) {
    int next = x.rows() * stride;
    int whole = w.rows() - w.rows() % COUNT;
    for (int o = 0; o < whole; o += COUNT) {
      int at = t * stride + o;
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, at);
      for (int s = 1; s < slices; s++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, sums, at + s * next));
      }
      out.put(t, o, sum);
    }
    for (int o = whole; o < w.rows(); o++) {
      int at = t * stride + o;
      float sum = sums[at];
      for (int s = 1; s < slices; s++) {
        sum += sums[at + s * next];
      }
      out.put(t, o, sum);
    }
  }

  @Override
  public void run(int worker, int task) {
    int slice = task / pieces;
    int o = task % pieces * width;
    int count = Math.min(width, w.rows() - o);
    int whole = count - count % COUNT;
    int from = slice * depth;
    int to = Math.min(w.cols(), from + depth);
    int into = slice * x.rows() * stride + o;
    vectors(o, whole, from, to, into);
    for (int t = 0; t < x.rows(); t++) {
      for (int i = whole; i < count; i++) {
        sums[into + t * stride + i] = single(t, o + i, from, to);
      }
    }
  }

  /** Rows o to {@code o + count} of W, whole vectors of them, times all rows of X. */
  private void vectors(int o, int count, int from, int to, int into) {
    int apart = FeatureSlices.apart(to - from);
    for (int t = 0; t < x.rows(); t++) {
      int at = into + t * stride;
      Arrays.fill(sums, at, at + count, 0f);
      columns(x.at(t) + from, start(o, from), apart, count, at);
      for (int c = from + FeatureSlices.STREAMS * apart; c < to; c++) {
        float f = x.data()[x.at(t) + c];
        ColumnKernels.column(f, w.data(), start(o, c), w.dtype(), count, sums, at);
      }
    }
  }

  /** Byte of element (o, c). */
  private long start(int o, int c) {
    return (o + c * w.colStride()) * w.dtype().bytes();
  }

  /** {@code STREAMS * apart} columns. */
  private void columns(int at, long start, int apart, int count, int to) {
    long step = w.colStride() * w.dtype().bytes();
    float[] v = x.data();
    MemorySegment d = w.data();
    switch (w.dtype()) {
      case F32 -> ColumnKernels.f32(v, at, d, start, step, apart, count, sums, to);
      case F16 -> ColumnKernels.f16(v, at, d, start, step, apart, count, sums, to);
      case BF16 -> ColumnKernels.bf16(v, at, d, start, step, apart, count, sums, to);
    }
  }

  /** Features {@code from} to {@code to} of row o of W times those of row t of X. */
  private float single(int t, int o, int from, int to) {
    float sum = 0;
    for (int p = 0; p < to - from; p++) {
      int c = from + FeatureSlices.feature(p, to - from);
      sum = Math.fma(w.get(o, c), x.data()[x.at(t) + c], sum);
    }
    return sum;
  }
}
