package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.PARTIALS;
import static rankine.kernels.cpu.RowMajorGemvKernel.ROWS;
import static rankine.kernels.cpu.RowMajorGemvKernel.STEP;
import static rankine.kernels.cpu.RowMajorGemvKernel.TOKEN;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for row-major W and few tokens: W is streamed once, as stored. A kernel decodes
 * it for a tile of four, two or one tokens; further tiles find the rows in L1.
 *
 * <p>A task's rows of W are four runs of neighbouring rows; a step takes one row of each, so memory
 * is read in four long streams. Four neighbouring rows would be four short streams, new ones in
 * each step, and a prefetcher follows a stream only after it has seen some of it: long streams
 * measured a third more bandwidth for rows of 3 KiB.
 */
final class RowMajorGemv implements Workers.Body {
  /**
   * Tasks per worker: the last task to end keeps the others waiting for a fraction of its share.
   */
  private static final int TASKS_PER_WORKER = 8;

  /** Distance of addresses that alias in prefetchers: 16 pages of 4 KiB. */
  private static final int ALIAS_BYTES = 1 << 16;

  /**
   * Features per kernel call, for rows with fewer than {@link #UNSPLIT}: a memory-bound loop reads
   * up to a fifth less per second with 40, 48 or 56 iterations than with 24, 32, 64 or more (on an
   * Intel Xeon with AVX-512; the reason is not known).
   */
  private static final int CHUNK = 24 * PARTIALS;

  /**
   * Features from which on one kernel call takes all of them. Not where the partial sums are
   * several vectors: the calls for the others then find the chunk in L1.
   */
  private static final int UNSPLIT = COUNT == PARTIALS ? 64 * PARTIALS : Integer.MAX_VALUE;

  /** Features per kernel call where several tokens share them: four rows of W stay in L1. */
  private static final int SHARED_CHUNK = COUNT == PARTIALS ? 64 * PARTIALS : CHUNK;

  /** Tokens per tile at most. */
  private static final int MAX_TILE = Lanes.LARGE_TILES ? 4 : 2;

  /**
   * Tiles at most. On a processor with AVX-512, {@link SmallBatchGemm} takes no more time for
   * twelve tokens in binary16, and with AVX2 less for three. Not measured on Arm.
   */
  private static final int MAX_TILES = Lanes.LARGE_TILES ? 2 : 1;

  /** Tokens at most. */
  static final int MAX_TOKENS = MAX_TILES * MAX_TILE;

  /** Partial sums of each worker: [tokens][ROWS][COUNT][PARTIALS] from START on. */
  private float[][] lanes = {};

  private ActivationRows x;

  /** The layers of this loop. */
  private final List<LinearLayer> layers = new ArrayList<>();

  /** Scaled rows of x for {@link RowMajorGemvKernel#f16} and its like; the layout is that of x. */
  private float[] scaled = {};

  /** Tiles of x. */
  private int tiles;

  /** Tokens of each tile: 1, 2 or 4. A tile of four may lack the fourth; it repeats the third. */
  private final int[] tileTokens = new int[MAX_TILES];

  /** True for each tile within the limits of {@link Binary16}. */
  private final boolean[] scalable = new boolean[MAX_TILES];

  /** Runs the layers of {@code group} whose weights are row-major. Not reentrant. */
  void apply(LinearGroup group, Workers workers) {
    if (lanes.length < workers.size()) {
      lanes = new float[workers.size()][START + MAX_TOKENS * TOKEN];
    }
    x = group.in();
    layers.clear();
    int tasks = 0;
    boolean anyF16 = false;
    for (int i = 0; i < group.size(); i++) {
      LinearLayer layer = group.layer(i);
      Matrix w = layer.w();
      if (w.rowContiguous()) {
        layers.add(layer);
        layer.run = runRows(w, workers.size());
        layer.start = tasks;
        tasks += Math.ceilDiv(w.rows(), ROWS * layer.run);
        layer.end = tasks;
        anyF16 |= w.dtype() == DType.F16;
      }
    }
    tiles = Math.ceilDiv(x.rows(), MAX_TILE);
    for (int k = 0; k < tiles; k++) {
      int left = x.rows() - k * MAX_TILE;
      tileTokens[k] = left > 2 ? MAX_TILE : left;
      scalable[k] = true;
    }
    for (int t = 0; anyF16 && t < x.rows(); t++) {
      scalable[t / MAX_TILE] &= scale(t);
    }
    workers.run(tasks, this);
  }

  /**
   * Rows of W per run: about {@link #TASKS_PER_WORKER} tasks per worker, whole vectors of outputs
   * where that leaves every worker as many tasks as the others. Where there are few tasks, as in
   * the first product of a matrix in factors, the runs are shorter instead: of three tasks, one
   * worker has two and the other waits. One row fewer where the four streams would be a multiple of
   * {@link #ALIAS_BYTES} apart: that took a fifth less time for 32000 rows of 1.5 KiB, a fifteenth
   * for 768 rows of 4 KiB.
   */
  private static int runRows(Matrix w, int workers) {
    int runs = Math.ceilDiv(w.rows(), ROWS * TASKS_PER_WORKER * workers);
    int vectors = Math.ceilDiv(runs, COUNT) * COUNT;
    int tasks = Math.ceilDiv(Math.ceilDiv(w.rows(), ROWS * vectors), workers) * workers;
    int run = Math.ceilDiv(w.rows(), ROWS * tasks);
    return run > 1 && run * w.rowStride() * w.dtype().bytes() % ALIAS_BYTES == 0 ? run - 1 : run;
  }

  /**
   * Scales row t of x; returns false if the values exceed the limits of {@link Binary16}. A plain
   * loop: C2 boxes the vectors of a Vector API loop where its caller is too large to inline them.
   */
  private boolean scale(int t) {
    int floats = x.at(t) + x.stride();
    if (scaled.length < floats) {
      scaled = Arrays.copyOf(scaled, floats);
    }
    // Magnitudes compare as their bits do; subtracting 1 turns the bits of 0 into the greatest.
    int greatest = 0;
    int smallest = Integer.MAX_VALUE;
    for (int i = x.at(t); i < floats; i++) {
      float value = x.data()[i];
      int bits = Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
      greatest = Math.max(greatest, bits);
      smallest = Math.min(smallest, (bits - 1) & Integer.MAX_VALUE);
      scaled[i] = value * Binary16.X_SCALE;
    }
    return x.width() <= Binary16.MAX_FEATURES
        && greatest <= Float.floatToRawIntBits(Binary16.MAX_X)
        && smallest >= Float.floatToRawIntBits(Binary16.MIN_X) - 1;
  }

  @Override
  public void run(int worker, int task) {
    int i = 0;
    while (task >= layers.get(i).end) {
      i++;
    }
    run(layers.get(i), task - layers.get(i).start, lanes[worker]);
  }

  /** Runs task {@code task} of a layer, counted from 0. */
  private void run(LinearLayer layer, int task, float[] sums) {
    int rows = layer.w().rows();
    int first = task * ROWS * layer.run;
    int count = Math.min(ROWS * layer.run, rows - first);
    int length = count / ROWS;
    for (int i = 0; i < length; i += COUNT) {
      outputVectors(layer, first, length, i, sums);
    }
    for (int o = first + ROWS * length; o < first + count; o++) {
      for (int t = 0; t < x.rows(); t++) {
        row(layer.w(), t, o, sums, START);
        layer.put(t, o, Lanes.sum(sums, START));
      }
    }
  }

  /**
   * Computes rows {@code i} to {@code i + COUNT} of each run, or to its end.
   *
   * @param first row of W where the first run begins
   * @param length rows per run
   */
  private void outputVectors(LinearLayer layer, int first, int length, int i, float[] sums) {
    int count = Math.min(COUNT, length - i);
    int tokens = (tiles - 1) * MAX_TILE + tileTokens[tiles - 1];
    Arrays.fill(sums, START, START + tokens * TOKEN, 0f);
    for (int j = 0; j < count; j++) {
      fourRows(layer.w(), first + i + j, length, sums, START + j * PARTIALS);
    }
    for (int t = 0; t < x.rows(); t++) {
      for (int r = 0; r < ROWS; r++) {
        int at = START + t * TOKEN + r * STEP;
        Lanes.sums(sums, at);
        layer.put(t, first + r * length + i, sums, at, count);
      }
    }
  }

  /** Adds the products of rows {@code o + r · length} of W, r in [0, ROWS), to {@code sums}. */
  private void fourRows(Matrix w, int o, int length, float[] sums, int to) {
    boolean f16 = w.dtype() == DType.F16;
    int whole = w.cols() - w.cols() % PARTIALS;
    int chunk = x.rows() > 1 ? SHARED_CHUNK : whole < UNSPLIT ? CHUNK : whole;
    for (int i = 0; i < whole; i += chunk) {
      int n = Math.min(chunk, whole - i);
      for (int k = 0; k < tiles; k++) {
        if (f16 && !scalable[k]) {
          continue;
        }
        for (int part = 0; part < PARTIALS; part += COUNT) {
          chunk(w, k, o, length, i + part, n, sums, to + k * MAX_TILE * TOKEN + part);
        }
      }
    }
    for (int t = 0; t < x.rows(); t++) {
      int at = to + t * TOKEN;
      if (f16 && !scalable[t / MAX_TILE]) {
        for (int r = 0; r < ROWS; r++) {
          row(w, t, o + r * length, sums, at + r * STEP);
        }
        continue;
      }
      if (f16) {
        RowMajorGemvKernel.unscale(sums, at);
      }
      for (int r = 0; r < ROWS; r++) {
        tail(w, t, o + r * length, sums, at + r * STEP);
      }
    }
  }

  /**
   * Adds the COUNT features from {@code i} on, and those {@link Lanes#PARTIALS} further on, and so
   * forth before {@code i + n}, of those rows, for tile k of x.
   */
  private void chunk(Matrix w, int k, int o, int length, int i, int n, float[] sums, int to) {
    int bytes = w.dtype().bytes();
    long stride = w.rowStride() * bytes;
    long start = o * stride + (long) i * bytes;
    long distance = length * stride;
    float[] data = w.dtype() == DType.F16 ? scaled : x.data();
    int at0 = at(k, 0) + i;
    int at1 = at(k, 1) + i;
    int at2 = at(k, 2) + i;
    int at3 = at(k, 3) + i;
    switch (w.dtype()) {
      case F32 -> {
        switch (tileTokens[k]) {
          case 1 -> RowMajorGemvKernel.f32(data, at0, w.data(), start, distance, n, sums, to);
          case 2 -> TwoTokenKernel.f32(data, at0, at1, w.data(), start, distance, n, sums, to);
          default ->
              FourTokenKernel.f32(data, at0, at1, at2, at3, w.data(), start, distance, n, sums, to);
        }
      }
      case BF16 -> {
        switch (tileTokens[k]) {
          case 1 -> RowMajorGemvKernel.bf16(data, at0, w.data(), start, distance, n, sums, to);
          case 2 -> TwoTokenKernel.bf16(data, at0, at1, w.data(), start, distance, n, sums, to);
          default ->
              FourTokenKernel.bf16(
                  data, at0, at1, at2, at3, w.data(), start, distance, n, sums, to);
        }
      }
      case F16 -> {
        switch (tileTokens[k]) {
          case 1 -> RowMajorGemvKernel.f16(data, at0, w.data(), start, distance, n, sums, to);
          case 2 -> TwoTokenKernel.f16(data, at0, at1, w.data(), start, distance, n, sums, to);
          default ->
              FourTokenKernel.f16(data, at0, at1, at2, at3, w.data(), start, distance, n, sums, to);
        }
      }
    }
  }

  /** Where token t of tile k begins in x; for a token that it lacks, where the last does. */
  private int at(int k, int t) {
    return x.at(Math.min(k * MAX_TILE + t, x.rows() - 1));
  }

  /** Computes the partial sums of row o of W. */
  private void row(Matrix w, int t, int o, float[] sums, int to) {
    int whole = w.cols() - w.cols() % PARTIALS;
    long start = o * w.rowStride() * w.dtype().bytes();
    RowMajorGemvKernel.row(x.data(), x.at(t), w.data(), start, w.dtype(), whole, sums, to);
    tail(w, t, o, sums, to);
  }

  /** Adds the features of row o of W after the last whole PARTIALS. */
  private void tail(Matrix w, int t, int o, float[] sums, int to) {
    int whole = w.cols() - w.cols() % PARTIALS;
    if (whole < w.cols()) {
      long element = o * w.rowStride() + whole;
      int count = w.cols() - whole;
      RowMajorGemvKernel.tail(
          x.data(), x.at(t) + whole, w.data(), element, w.dtype(), count, sums, to);
    }
  }
}
