package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for column-major W and one or two rows of X: W is streamed once, as stored, a
 * few columns at a time, while the outputs stay in L1. A task sums one slice of {@link
 * FeatureSlices}, so the bits are those of {@link ColumnMajorGemm}.
 *
 * <p>The outputs of a group of layers form one row of sums, layer after layer. The same columns of
 * all layers are read before the next columns of the first: GPT-2's Q, K and V are adjacent in
 * memory, so three short streams become one long stream.
 */
final class ColumnMajorGemv implements Workers.Body {
  /** Outputs per task at most: with the columns read, half of L1. */
  private static final int MAX_TASK_OUTPUTS = 4096;

  /**
   * Sums of the slices, [slices][rows of X][outputs, whole vectors for each layer] from START on.
   */
  private float[] sums = {};

  private ActivationRows x;

  /** The layers of this loop. */
  private final List<LinearLayer> layers = new ArrayList<>();

  /** Features per slice. */
  private int depth;

  /** Floats between rows of sums. */
  private int stride;

  /** Tasks per slice. */
  private int tasksPerSlice;

  /** Outputs per task: whole vectors; the last may have fewer. */
  private int taskOutputs;

  /** Runs the layers of {@code group} whose weights are column-major. Not reentrant. */
  void apply(LinearGroup group, Workers workers) {
    x = group.in();
    layers.clear();
    stride = 0;
    for (int i = 0; i < group.size(); i++) {
      LinearLayer layer = group.layer(i);
      if (!layer.w().rowContiguous()) {
        layers.add(layer);
        layer.start = stride;
        stride += Math.ceilDiv(layer.w().rows(), COUNT) * COUNT;
      }
    }
    if (layers.isEmpty()) {
      return;
    }
    depth = FeatureSlices.depth(x.width());
    int slices = FeatureSlices.count(x.width());
    int floats = Math.addExact(START, Math.multiplyExact(slices * x.rows(), stride));
    if (sums.length < floats) {
      sums = new float[floats];
    }
    int atLeast = Math.ceilDiv(workers.size(), slices);
    taskOutputs = Math.min(MAX_TASK_OUTPUTS, Math.ceilDiv(stride / COUNT, atLeast) * COUNT);
    tasksPerSlice = Math.ceilDiv(stride, taskOutputs);
    workers.run(slices * tasksPerSlice, this);
    for (int l = 0; l < layers.size(); l++) {
      for (int t = 0; t < x.rows(); t++) {
        total(layers.get(l), t, slices);
      }
    }
  }

  /** Index in a row of sums after the last whole vector of outputs of a layer. */
  private static int wholeEnd(LinearLayer layer) {
    int rows = layer.w().rows();
    return layer.start + rows - rows % COUNT;
  }

  /**
   * Adds the sums of all slices for row t of X, into those of the first slice, and stores the
   * outputs.
   */
  private void total(LinearLayer layer, int t, int slices) {
    int rows = layer.w().rows();
    int at = START + t * stride + layer.start;
    int next = x.rows() * stride;
    for (int o = 0; o < rows; o += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, at + o);
      for (int s = 1; s < slices; s++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, sums, at + o + s * next));
      }
      sum.intoArray(sums, at + o);
      layer.put(t, o, sums, at + o, Math.min(COUNT, rows - o));
    }
  }

  @Override
  public void run(int worker, int task) {
    int slice = task / tasksPerSlice;
    int o = task % tasksPerSlice * taskOutputs;
    int end = Math.min(stride, o + taskOutputs);
    int from = slice * depth;
    int to = Math.min(x.width(), from + depth);
    int into = START + slice * x.rows() * stride;
    for (int t = 0; t < x.rows(); t++) {
      Arrays.fill(sums, into + t * stride + o, into + t * stride + end, 0f);
    }
    int runLength = FeatureSlices.runLength(to - from);
    int step = layers.size() == 1 ? runLength : 1;
    for (int c = from; c < from + runLength; c += step) {
      for (int l = 0; l < layers.size(); l++) {
        columns(layers.get(l), c, runLength, step, o, end, into);
      }
    }
    for (int c = from + FeatureSlices.STREAMS * runLength; c < to; c++) {
      for (int l = 0; l < layers.size(); l++) {
        column(layers.get(l), c, o, end, into);
      }
    }
    for (int l = 0; l < layers.size(); l++) {
      LinearLayer layer = layers.get(l);
      int last = layer.start + layer.w().rows();
      for (int i = Math.max(o, wholeEnd(layer)); i < Math.min(end, last); i++) {
        for (int t = 0; t < x.rows(); t++) {
          sums[into + t * stride + i] = single(layer.w(), t, i - layer.start, from, to);
        }
      }
    }
  }

  /**
   * Adds {@code count} times {@link FeatureSlices#STREAMS} columns of one layer, the first c, c +
   * runLength, …, for all rows of X.
   *
   * @param o first output of the task
   * @param end output after its last
   * @param into where the sums of the slice begin
   */
  private void columns(
      LinearLayer layer, int c, int runLength, int count, int o, int end, int into) {
    int first = Math.max(o, layer.start);
    int n = Math.min(end, wholeEnd(layer)) - first;
    Matrix w = layer.w();
    for (int t = 0; n > 0 && t < x.rows(); t++) {
      long b = start(w, first - layer.start, c);
      columns(w, x.at(t) + c, b, runLength, count, n, into + t * stride + first);
    }
  }

  private void columns(Matrix w, int at, long start, int runLength, int count, int n, int to) {
    long step = w.colStride() * w.dtype().bytes();
    float[] v = x.data();
    MemorySegment d = w.data();
    switch (w.dtype()) {
      case F32 -> ColumnMajorGemvKernel.f32(v, at, d, start, step, runLength, count, n, sums, to);
      case F16 -> ColumnMajorGemvKernel.f16(v, at, d, start, step, runLength, count, n, sums, to);
      case BF16 -> ColumnMajorGemvKernel.bf16(v, at, d, start, step, runLength, count, n, sums, to);
    }
  }

  /** Adds column c alone; otherwise as {@link #columns}. */
  private void column(LinearLayer layer, int c, int o, int end, int into) {
    int first = Math.max(o, layer.start);
    int n = Math.min(end, wholeEnd(layer)) - first;
    Matrix w = layer.w();
    for (int t = 0; n > 0 && t < x.rows(); t++) {
      float f = x.data()[x.at(t) + c];
      long b = start(w, first - layer.start, c);
      ColumnMajorGemvKernel.column(f, w.data(), b, w.dtype(), n, sums, into + t * stride + first);
    }
  }

  /** Byte offset of element (o, c). */
  private static long start(Matrix w, int o, int c) {
    return (o + c * w.colStride()) * w.dtype().bytes();
  }

  /** The dot product of features {@code from} to {@code to} of row o of W and row t of X. */
  private float single(Matrix w, int t, int o, int from, int to) {
    float sum = 0;
    for (int p = 0; p < to - from; p++) {
      int c = from + FeatureSlices.feature(p, to - from);
      sum = Math.fma(w.get(o, c), x.data()[x.at(t) + c], sum);
    }
    return sum;
  }
}
