package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.RowMajorGemvKernel.ROWS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for W with contiguous rows and one or two rows of X: W is read once, as stored.
 *
 * <p>A task's rows of W are cut into four runs of neighbouring rows; a step takes one row of each.
 * So memory is read in four long streams. Four neighbouring rows would be four short ones, new ones
 * with each step, and a processor fetches a stream ahead of its reader only when it has seen some
 * of it: a third more bandwidth was measured for rows of 3 KiB.
 */
final class RowMajorGemv implements Workers.Body {
  /** Tasks for each worker: the last to end keeps the others waiting for a part of its share. */
  private static final int TASKS = 8;

  /** Bytes after which addresses are alike to a processor's prefetchers: 16 pages of 4 KiB. */
  private static final int ALIKE = 1 << 16;

  /**
   * Vectors of features that a kernel takes at once, of rows with fewer than {@link #WHOLE}: a loop
   * that waits for memory reads up to a fifth less a second when it has 40, 48 or 56 turns than
   * with 24, 32, 64 or more (on an Intel Xeon; why is not known).
   */
  private static final int PIECE = 24;

  /** Vectors of features from which on a kernel takes all of them. */
  private static final int WHOLE = 64;

  /** Where a worker's sums begin in their array. */
  private static final int START = CacheLine.FLOATS;

  /** Partial sums of each worker, [ROWS][COUNT] vectors from START on. */
  private float[][] lanes = {};

  private ActivationRows x;

  /** The layers of this loop; as many as {@link #size} are in use. */
  private final List<RowGemvLayer> layers = new ArrayList<>();

  private int size;

  /** One layer, and which tasks are its own. */
  private static final class RowGemvLayer {
    private Matrix w;
    private LinearOutput out;

    /** Rows of W in a run of a whole task. */
    private int run;

    /** Its first task. */
    private int start;

    /** The task behind its last. */
    private int end;
  }

  /** Whether rows of x are such as {@link RowMajorGemvKernel#f16} takes. */
  private final boolean[] scalable;

  /** Those rows of x as it takes them; laid out as x. */
  private float[] scaled = {};

  /**
   * @param mostRows rows of X at most
   */
  RowMajorGemv(int mostRows) {
    this.scalable = new boolean[mostRows];
  }

  /** The layers of {@code group} whose weights have contiguous rows. Not reentrant. */
  void apply(LinearGroup group, Workers workers) {
    if (lanes.length < workers.size()) {
      lanes = new float[workers.size()][START + ROWS * COUNT * COUNT];
    }
    x = group.in();
    size = 0;
    int tasks = 0;
    boolean halves = false;
    for (int i = 0; i < group.size(); i++) {
      Matrix w = group.weight(i);
      if (w.rowContiguous()) {
        tasks = add(w, group.output(i), tasks, workers.size());
        halves |= w.dtype() == DType.F16;
      }
    }
    if (size > 0) {
      for (int t = 0; halves && t < x.rows(); t++) {
        scalable[t] = scale(t);
      }
      workers.run(tasks, this);
    }
  }

  /** One more layer, its first task {@code start}; returns the task behind its last. */
  private int add(Matrix w, LinearOutput out, int start, int workers) {
    if (size == layers.size()) {
      layers.add(new RowGemvLayer());
    }
    RowGemvLayer layer = layers.get(size++);
    layer.w = w;
    layer.out = out;
    layer.run = runRows(w, workers);
    layer.start = start;
    layer.end = start + Math.ceilDiv(w.rows(), ROWS * layer.run);
    return layer.end;
  }

  /**
   * Rows of W in a run: whole vectors of outputs, {@link #TASKS} tasks a worker. One row fewer
   * where the four streams would lie a multiple of {@link #ALIKE} bytes apart: of 32000 rows of 1.5
   * KiB a product then took a fifth less time, of 768 rows of 4 KiB a fifteenth.
   */
  private static int runRows(Matrix w, int workers) {
    int runs = Math.ceilDiv(w.rows(), ROWS * TASKS * workers);
    int run = Math.ceilDiv(runs, COUNT) * COUNT;
    return run * w.rowStride() * w.dtype().bytes() % ALIKE == 0 ? run - 1 : run;
  }

  /**
   * Scales row t of x; false if {@link Binary16} does not allow that. A plain loop: of one with
   * vectors C2 makes objects where its caller has grown too large to inline them.
   */
  private boolean scale(int t) {
    int floats = x.at(t) + x.stride();
    if (scaled.length < floats) {
      scaled = Arrays.copyOf(scaled, floats);
    }
    // Magnitudes compare as their bits do; those of 0 become the greatest when one is taken off.
    int greatest = 0;
    int smallest = Integer.MAX_VALUE;
    for (int i = x.at(t); i < floats; i++) {
      float value = x.data()[i];
      int bits = Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
      greatest = Math.max(greatest, bits);
      smallest = Math.min(smallest, (bits - 1) & Integer.MAX_VALUE);
      scaled[i] = value * Binary16.X_SCALE;
    }
    return x.width() <= Binary16.MOST_FEATURES
        && greatest <= Float.floatToRawIntBits(Binary16.LARGEST_X)
        && smallest >= Float.floatToRawIntBits(Binary16.LEAST_X) - 1;
  }

  @Override
  public void run(int worker, int task) {
    int i = 0;
    while (task >= layers.get(i).end) {
      i++;
    }
    run(layers.get(i), task - layers.get(i).start, lanes[worker]);
  }

  /** A task of one layer, counted from 0. */
  private void run(RowGemvLayer layer, int task, float[] sums) {
    int rows = layer.w.rows();
    int first = task * ROWS * layer.run;
    int count = Math.min(ROWS * layer.run, rows - first);
    int length = count / ROWS;
    for (int i = 0; i < length; i += COUNT) {
      for (int t = 0; t < x.rows(); t++) {
        strips(layer, t, first, length, i, sums);
      }
    }
    for (int o = first + ROWS * length; o < first + count; o++) {
      for (int t = 0; t < x.rows(); t++) {
        row(layer.w, t, o, sums, START);
        layer.out.put(t, o, Lanes.sum(sums, START));
      }
    }
  }

  /**
   * Rows {@code i} to {@code i + COUNT} of each run, as far as it has them, times row t of X.
   *
   * @param first row of W where the first run begins
   * @param length rows of a run
   */
  private void strips(RowGemvLayer layer, int t, int first, int length, int i, float[] sums) {
    int count = Math.min(COUNT, length - i);
    Arrays.fill(sums, 0);
    for (int j = 0; j < count; j++) {
      strip(layer.w, t, first + i + j, length, sums, START + j * COUNT);
    }
    for (int r = 0; r < ROWS; r++) {
      int at = START + r * COUNT * COUNT;
      Lanes.sums(sums, at);
      layer.out.put(t, first + r * length + i, sums, at, count);
    }
  }

  /** Rows {@code o + r · length} of W, r in [0, ROWS); adds to sums. */
  private void strip(Matrix w, int t, int o, int length, float[] sums, int to) {
    int step = COUNT * COUNT;
    if (w.dtype() == DType.F16 && !scalable[t]) {
      for (int r = 0; r < ROWS; r++) {
        row(w, t, o + r * length, sums, to + r * step);
      }
      return;
    }
    int whole = w.cols() - w.cols() % COUNT;
    int piece = whole < WHOLE * COUNT ? PIECE * COUNT : whole;
    for (int i = 0; i < whole; i += piece) {
      piece(w, t, o, length, i, Math.min(piece, whole - i), sums, to);
    }
    if (w.dtype() == DType.F16) {
      RowMajorGemvKernel.unscale(sums, to, step);
    }
    for (int r = 0; r < ROWS; r++) {
      tail(w, t, o + r * length, sums, to + r * step);
    }
  }

  /** Features {@code i} to {@code i + n} of those rows. */
  private void piece(Matrix w, int t, int o, int length, int i, int n, float[] sums, int to) {
    int bytes = w.dtype().bytes();
    long stride = w.rowStride() * bytes;
    long start = o * stride + (long) i * bytes;
    long distance = length * stride;
    int at = x.at(t) + i;
    int step = COUNT * COUNT;
    switch (w.dtype()) {
      case F32 ->
          RowMajorGemvKernel.f32(x.data(), at, w.data(), start, distance, n, sums, to, step);
      case BF16 ->
          RowMajorGemvKernel.bf16(x.data(), at, w.data(), start, distance, n, sums, to, step);
      case F16 -> RowMajorGemvKernel.f16(scaled, at, w.data(), start, distance, n, sums, to, step);
    }
  }

  /** All of row o of W. */
  private void row(Matrix w, int t, int o, float[] sums, int to) {
    int whole = w.cols() - w.cols() % COUNT;
    long start = o * w.rowStride() * w.dtype().bytes();
    RowMajorGemvKernel.row(x.data(), x.at(t), w.data(), start, w.dtype(), whole, sums, to);
    tail(w, t, o, sums, to);
  }

  /** The features of row o of W behind the last whole vector. */
  private void tail(Matrix w, int t, int o, float[] sums, int to) {
    int whole = w.cols() - w.cols() % COUNT;
    if (whole < w.cols()) {
      long element = o * w.rowStride() + whole;
      int count = w.cols() - whole;
      RowMajorGemvKernel.tail(
          x.data(), x.at(t) + whole, w.data(), element, w.dtype(), count, sums, to);
    }
  }
}
