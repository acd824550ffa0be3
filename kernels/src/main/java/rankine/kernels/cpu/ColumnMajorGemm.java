package rankine.kernels.cpu;

import java.util.Arrays;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for many rows of X: a tile of Y is a sum of outer products of columns of X and
 * rows of Wᵀ, which are contiguous where the columns of W are. The scheme is that of {@link
 * Float64Product}. Features are summed in the order of {@link FeatureSlices} where the columns of W
 * are contiguous, and within such slices in ascending order where its rows are.
 */
final class ColumnMajorGemm {
  /** Floats of a panel of Wᵀ and a slice of X, for a second-level cache: 512 KiB. */
  private static final int CACHED = 1 << 17;

  /** Panels for each worker, if there are enough of the least. */
  private static final int PANELS = 3;

  /** Tiles in a panel at least. */
  private static final int LEAST_TILES = 3;

  /** Features that are turned about at a time: 12 KiB of a panel of 16 lanes. */
  private static final int TURNED = 64;

  /** Where a panel begins in its array. */
  private static final int START = Float32MicroKernel.START;

  private static final int ROWS = Float32MicroKernel.ROWS;
  private static final int COLS = Float32MicroKernel.COLS;

  private final ActivationRows x;
  private final Matrix w;

  /** What W lies in if that is an array and W begins with it; or null. */
  private final float[] array;

  private final LinearOutput out;

  /** Whether sums go straight to their place: nothing is added to them. */
  private final boolean direct;

  /** X in tiles, [slices][tiles][depth][ROWS], anything below the last row. */
  private final float[] packed;

  private final int tiles;

  /** Features of a slice. */
  private final int most;

  /**
   * Columns of Y of a panel: as many as fit, for neighbouring panels read the same pages of memory
   * where the columns of W are contiguous.
   */
  private final int width;

  /** A worker's. */
  private static final class ColumnMajorBuffers {
    /** [tiles][depth][COLS] of Wᵀ in float32, from START on. */
    float[] panel = {};

    /** A part of a row of W, or of a column. */
    float[] run = new float[TURNED];

    /** A tile of a slice's sums. */
    final float[] tile = Float32MicroKernel.empty();

    /** Sums of a panel's columns for all rows, where something is to be added to them. */
    float[] sums = {};

    void ready(int width, int depth) {
      if (panel.length < START + width * depth) {
        panel = new float[START + width * depth];
      }
      if (run.length < width) {
        run = new float[width];
      }
    }

    ActivationRows sums(int rows, int width) {
      int floats = ActivationRows.floats(rows, width);
      if (sums.length < floats) {
        sums = new float[floats];
      }
      return new ActivationRows(sums, rows, width, width);
    }
  }

  /** Memory for one product after the other. */
  static final class ColumnMajorScratch {
    private float[] packed = {};
    private ColumnMajorBuffers[] buffers = {};

    private void ready(int floats, int workers) {
      if (packed.length < floats) {
        packed = new float[floats];
      }
      if (buffers.length < workers) {
        buffers = new ColumnMajorBuffers[workers];
        Arrays.setAll(buffers, i -> new ColumnMajorBuffers());
      }
    }
  }

  private ColumnMajorGemm(
      ActivationRows x, Matrix w, LinearOutput out, float[] packed, int workers) {
    this.x = x;
    this.w = w;
    this.array = CpuDenseMatrix.array(w);
    this.out = out;
    this.direct = out.bias() == null && !out.accumulate();
    this.tiles = tiles(x);
    this.packed = packed;
    this.most = FeatureSlices.depth(w.cols());
    int tilesOfW = Math.ceilDiv(w.rows(), COLS);
    int fit = Math.max(LEAST_TILES, (CACHED / most - tiles * ROWS) / COLS);
    int atLeast = Math.min(PANELS * workers, Math.ceilDiv(tilesOfW, LEAST_TILES));
    int panels = Math.max(Math.ceilDiv(tilesOfW, fit), atLeast);
    int shared = Math.ceilDiv(panels, workers) * workers;
    this.width = Math.ceilDiv(tilesOfW, shared) * COLS;
  }

  private static int tiles(ActivationRows x) {
    return Math.ceilDiv(x.rows(), ROWS);
  }

  /** Not reentrant. */
  static void apply(
      ActivationRows x, Matrix w, LinearOutput out, Workers workers, ColumnMajorScratch scratch) {
    scratch.ready(Math.multiplyExact(tiles(x) * ROWS, w.cols()), workers.size());
    ColumnMajorGemm product = new ColumnMajorGemm(x, w, out, scratch.packed, workers.size());
    workers.run(product.tiles, (worker, tile) -> product.pack(tile));
    workers.run(
        Math.ceilDiv(w.rows(), product.width),
        (worker, panel) -> product.panel(panel * product.width, scratch.buffers[worker]));
  }

  private void pack(int tile) {
    int rows = Math.min(ROWS, x.rows() - tile * ROWS);
    for (int from = 0; from < w.cols(); from += most) {
      int depth = Math.min(most, w.cols() - from);
      int at = tileAt(tile, from, depth);
      for (int i = 0; i < rows; i++) {
        int source = x.at(tile * ROWS + i) + from;
        if (w.rowContiguous()) {
          for (int p = 0; p < depth; p++) {
            packed[at + p * ROWS + i] = x.data()[source + p];
          }
        } else {
          interleave(source, depth, at + i);
        }
      }
    }
  }

  /** A row of a slice in the order of {@link FeatureSlices}. */
  private void interleave(int source, int depth, int to) {
    int apart = FeatureSlices.apart(depth);
    int side = FeatureSlices.STREAMS * apart;
    for (int k = 0; k < FeatureSlices.STREAMS; k++) {
      for (int j = 0; j < apart; j++) {
        packed[to + (j * FeatureSlices.STREAMS + k) * ROWS] = x.data()[source + k * apart + j];
      }
    }
    for (int p = side; p < depth; p++) {
      packed[to + p * ROWS] = x.data()[source + p];
    }
  }

  private int tileAt(int tile, int from, int depth) {
    return (tiles * from + tile * depth) * ROWS;
  }

  /** All rows of Y, columns from {@code o} on, as many as a panel has. */
  private void panel(int o, ColumnMajorBuffers buffers) {
    buffers.ready(width, most);
    float[] panel = buffers.panel;
    int cols = Math.min(width, w.rows() - o);
    ActivationRows sums = direct ? out.y() : buffers.sums(x.rows(), width);
    int left = direct ? o : 0;
    for (int t = 0; t < x.rows(); t++) {
      Arrays.fill(sums.data(), sums.at(t) + left, sums.at(t) + left + cols, 0f);
    }
    for (int from = 0; from < w.cols(); from += most) {
      int depth = Math.min(most, w.cols() - from);
      if (w.rowContiguous()) {
        for (int j = 0; j < cols; j += COLS) {
          int count = Math.min(COLS, cols - j);
          across(o + j, count, from, depth, panel, START + j * depth, buffers.run);
        }
      } else {
        along(o, cols, from, depth, panel, buffers.run);
      }
      for (int tile = 0; tile < tiles; tile++) {
        for (int j = 0; j < cols; j += COLS) {
          tile(tile, from, depth, panel, sums, left, j, Math.min(COLS, cols - j), buffers.tile);
        }
      }
    }
    if (!direct) {
      for (int t = 0; t < x.rows(); t++) {
        for (int j = 0; j < cols; j += Lanes.COUNT) {
          int count = Math.min(Lanes.COUNT, cols - j);
          out.put(t, o + j, sums.data(), sums.at(t) + j, count);
        }
      }
    }
  }

  /** The panel from contiguous columns of W, zeros behind each run. */
  private void along(int o, int cols, int from, int depth, float[] panel, float[] run) {
    int whole = array == null ? cols / COLS : 0;
    ColumnMajorPanel.fill(w, o, whole, from, depth, panel, run);
    for (int p = 0; p < depth && whole * COLS < cols; p++) {
      long start = (from + FeatureSlices.feature(p, depth)) * w.colStride() + o;
      for (int j = whole * COLS; j < cols; j += COLS) {
        int count = Math.min(COLS, cols - j);
        int to = START + j * depth + p * COLS;
        widen(start + j, count, panel, to);
        Arrays.fill(panel, to + count, to + COLS, 0f);
      }
    }
  }

  /**
   * A tile of it from contiguous rows of W, a block of features at a time: what a block writes
   * stays in a first-level cache until every column has been there.
   */
  private void across(int o, int count, int from, int depth, float[] panel, int at, float[] run) {
    if (count < COLS) {
      Arrays.fill(panel, at, at + depth * COLS, 0f);
    }
    for (int p = 0; p < depth; p += TURNED) {
      int length = Math.min(TURNED, depth - p);
      for (int j = 0; j < count; j++) {
        long start = (o + j) * w.rowStride() + from + p;
        widen(start, length, run, 0);
        int to = at + p * COLS + j;
        for (int i = 0; i < length; i++) {
          panel[to + i * COLS] = run[i];
        }
      }
    }
  }

  /**
   * Neighbouring elements of W. What a Java array holds is not read as a segment: code that has
   * seen both kinds of segments is slow for either.
   */
  private void widen(long index, int count, float[] into, int at) {
    if (array == null) {
      VectorLinear.widen(w.data(), w.dtype(), index, count, into, at);
    } else {
      System.arraycopy(array, ActivationRows.START + Math.toIntExact(index), into, at, count);
    }
  }

  /** One tile of {@code y}, its {@code cols} columns from {@code left + j} on. */
  private void tile(
      int tile,
      int from,
      int depth,
      float[] panel,
      ActivationRows y,
      int left,
      int j,
      int cols,
      float[] sum) {
    int rows = Math.min(ROWS, x.rows() - tile * ROWS);
    int a = tileAt(tile, from, depth);
    int c = y.at(tile * ROWS) + left + j;
    Float32MicroKernel.tile(packed, a, panel, START + j * depth, depth, sum);
    Float32MicroKernel.add(sum, rows, cols, y.data(), c, y.stride());
  }
}
