package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for W with contiguous columns and one or two rows of X: W is read once, as
 * stored, a few columns at a time, while the outputs stay in a first-level cache. Sums are those of
 * {@link ColumnMajorGemm}, to the bit: {@link FeatureSlices} says how; a task sums a slice.
 *
 * <p>The outputs of a group of layers are one row of sums, layer behind layer. A column of each is
 * read before the next column of the first: GPT-2's queries, keys and values lie side by side in
 * memory, so that makes one long stream of three short ones.
 */
final class ColumnMajorGemv implements Workers.Body {
  /** Outputs of a task at most: with the columns that are read, half of a first-level cache. */
  private static final int MOST_OUTPUTS = 4096;

  /** Where the sums begin in their array. */
  private static final int START = CacheLine.FLOATS;

  /**
   * Sums of the slices, [slices][rows of X][outputs, whole vectors for each layer] from START on.
   */
  private float[] sums = {};

  private ActivationRows x;

  /** The layers of this loop; as many as {@link #size} are in use. */
  private final List<ColumnGemvLayer> layers = new ArrayList<>();

  private int size;

  /** One layer, and which outputs are its own. */
  private static final class ColumnGemvLayer {
    private Matrix w;
    private LinearOutput out;

    /** Where a row of sums has its outputs. */
    private int start;

    /** Behind its last whole vector of outputs. */
    private int whole;
  }

  /** Features of a slice. */
  private int depth;

  /** Floats from one row of sums to the next. */
  private int stride;

  /** Tasks of a slice, and outputs of each but the last: whole vectors. */
  private int pieces;

  private int width;

  /** The layers of {@code group} whose weights have contiguous columns. Not reentrant. */
  void apply(LinearGroup group, Workers workers) {
    x = group.in();
    size = 0;
    stride = 0;
    for (int i = 0; i < group.size(); i++) {
      if (!group.weight(i).rowContiguous()) {
        add(group.weight(i), group.output(i));
      }
    }
    if (size == 0) {
      return;
    }
    depth = FeatureSlices.depth(x.width());
    int slices = FeatureSlices.count(x.width());
    int floats = Math.addExact(START, Math.multiplyExact(slices * x.rows(), stride));
    if (sums.length < floats) {
      sums = new float[floats];
    }
    int atLeast = Math.ceilDiv(workers.size(), slices);
    width = Math.min(MOST_OUTPUTS, Math.ceilDiv(stride / COUNT, atLeast) * COUNT);
    pieces = Math.ceilDiv(stride, width);
    workers.run(slices * pieces, this);
    for (int l = 0; l < size; l++) {
      for (int t = 0; t < x.rows(); t++) {
        total(layers.get(l), t, slices);
      }
    }
  }

  private void add(Matrix w, LinearOutput out) {
    if (size == layers.size()) {
      layers.add(new ColumnGemvLayer());
    }
    ColumnGemvLayer layer = layers.get(size++);
    layer.w = w;
    layer.out = out;
    layer.start = stride;
    layer.whole = stride + w.rows() - w.rows() % COUNT;
    stride += Math.ceilDiv(w.rows(), COUNT) * COUNT;
  }

  /** The slices' sums for row t of X, added up in those of the first. */
  private void total(ColumnGemvLayer layer, int t, int slices) {
    int rows = layer.w.rows();
    int at = START + t * stride + layer.start;
    int next = x.rows() * stride;
    for (int o = 0; o < rows; o += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, at + o);
      for (int s = 1; s < slices; s++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, sums, at + o + s * next));
      }
      sum.intoArray(sums, at + o);
      layer.out.put(t, o, sums, at + o, Math.min(COUNT, rows - o));
    }
  }

  @Override
  public void run(int worker, int task) {
    int slice = task / pieces;
    int o = task % pieces * width;
    int end = Math.min(stride, o + width);
    int from = slice * depth;
    int to = Math.min(x.width(), from + depth);
    int into = START + slice * x.rows() * stride;
    for (int t = 0; t < x.rows(); t++) {
      Arrays.fill(sums, into + t * stride + o, into + t * stride + end, 0f);
    }
    int apart = FeatureSlices.apart(to - from);
    int step = size == 1 ? apart : 1;
    for (int c = from; c < from + apart; c += step) {
      for (int l = 0; l < size; l++) {
        columns(layers.get(l), c, apart, step, o, end, into);
      }
    }
    for (int c = from + FeatureSlices.STREAMS * apart; c < to; c++) {
      for (int l = 0; l < size; l++) {
        column(layers.get(l), c, o, end, into);
      }
    }
    for (int l = 0; l < size; l++) {
      ColumnGemvLayer layer = layers.get(l);
      int last = layer.start + layer.w.rows();
      for (int i = Math.max(o, layer.whole); i < Math.min(end, last); i++) {
        for (int t = 0; t < x.rows(); t++) {
          sums[into + t * stride + i] = single(layer.w, t, i - layer.start, from, to);
        }
      }
    }
  }

  /**
   * {@code count} times {@link FeatureSlices#STREAMS} columns of one layer, c, c + apart, … first,
   * for all rows of X.
   *
   * @param o the first output of the task
   * @param end behind its last
   * @param into where the slice's sums are
   */
  private void columns(
      ColumnGemvLayer layer, int c, int apart, int count, int o, int end, int into) {
    int first = Math.max(o, layer.start);
    int n = Math.min(end, layer.whole) - first;
    Matrix w = layer.w;
    for (int t = 0; n > 0 && t < x.rows(); t++) {
      long b = start(w, first - layer.start, c);
      columns(w, x.at(t) + c, b, apart, count, n, into + t * stride + first);
    }
  }

  private void columns(Matrix w, int at, long start, int apart, int count, int n, int to) {
    long step = w.colStride() * w.dtype().bytes();
    float[] v = x.data();
    MemorySegment d = w.data();
    switch (w.dtype()) {
      case F32 -> ColumnMajorGemvKernel.f32(v, at, d, start, step, apart, count, n, sums, to);
      case F16 -> ColumnMajorGemvKernel.f16(v, at, d, start, step, apart, count, n, sums, to);
      case BF16 -> ColumnMajorGemvKernel.bf16(v, at, d, start, step, apart, count, n, sums, to);
    }
  }

  /** Column c alone, otherwise as {@link #columns}. */
  private void column(ColumnGemvLayer layer, int c, int o, int end, int into) {
    int first = Math.max(o, layer.start);
    int n = Math.min(end, layer.whole) - first;
    Matrix w = layer.w;
    for (int t = 0; n > 0 && t < x.rows(); t++) {
      float f = x.data()[x.at(t) + c];
      long b = start(w, first - layer.start, c);
      ColumnMajorGemvKernel.column(f, w.data(), b, w.dtype(), n, sums, into + t * stride + first);
    }
  }

  /** Byte of element (o, c). */
  private static long start(Matrix w, int o, int c) {
    return (o + c * w.colStride()) * w.dtype().bytes();
  }

  /** Features {@code from} to {@code to} of row o of W times those of row t of X. */
  private float single(Matrix w, int t, int o, int from, int to) {
    float sum = 0;
    for (int p = 0; p < to - from; p++) {
      int c = from + FeatureSlices.feature(p, to - from);
      sum = Math.fma(w.get(o, c), x.data()[x.at(t) + c], sum);
    }
    return sum;
  }
}
