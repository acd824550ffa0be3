package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;

import java.util.Arrays;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.GemmScratch.WorkerScratch;

/**
 * {@code Y = X Wᵀ} for many rows of X: a tile of Y is a sum of outer products of columns of X and
 * rows of Wᵀ, which are contiguous where W is column-major. The blocking is that of {@link
 * Float64Gemm}. Features are summed in the order of {@link FeatureSlices} where W is column-major,
 * and in ascending order within its slices where W is row-major.
 */
final class ColumnMajorGemm {
  /** Floats of a panel of Wᵀ and a slice of X together, for L2: 512 KiB. */
  private static final int CACHE_FLOATS = 1 << 17;

  /** Panels per worker, if W has enough rows for panels of the least size. */
  private static final int PANELS_PER_WORKER = 3;

  /** Tiles per panel at least. */
  private static final int MIN_PANEL_TILES = 3;

  /** Features transposed per block: 12 KiB of a panel at 16 lanes. */
  static final int TRANSPOSED = 64;

  private static final int ROWS = Float32MicroKernel.ROWS;
  private static final int COLS = Float32MicroKernel.COLS;

  private final ActivationRows x;
  private final Matrix w;

  /** The Java array that holds W from its start on, or null. */
  private final float[] array;

  private final LinearLayer layer;

  /** X packed in tiles, [slices][tiles][depth][ROWS]; undefined below the last row. */
  private final float[] packed;

  private final int tiles;

  /** Features per slice. */
  private final int sliceDepth;

  /**
   * Columns of Y per panel: as many as fit, because neighbouring panels read the same pages of
   * memory where W is column-major.
   */
  private final int width;

  private ColumnMajorGemm(ActivationRows x, LinearLayer layer, float[] packed, int workers) {
    this.x = x;
    this.w = layer.w();
    this.array = CpuDenseMatrix.array(w);
    this.layer = layer;
    this.tiles = tiles(x);
    this.packed = packed;
    this.sliceDepth = FeatureSlices.depth(w.cols());
    int tilesOfW = Math.ceilDiv(w.rows(), COLS);
    int fit = Math.max(MIN_PANEL_TILES, (CACHE_FLOATS / sliceDepth - tiles * ROWS) / COLS);
    int atLeast = Math.min(PANELS_PER_WORKER * workers, Math.ceilDiv(tilesOfW, MIN_PANEL_TILES));
    int panels = Math.max(Math.ceilDiv(tilesOfW, fit), atLeast);
    int shared = Math.ceilDiv(panels, workers) * workers;
    this.width = Math.ceilDiv(tilesOfW, shared) * COLS;
  }

  private static int tiles(ActivationRows x) {
    return Math.ceilDiv(x.rows(), ROWS);
  }

  static void apply(ActivationRows x, LinearLayer layer, Workers workers, GemmScratch scratch) {
    Matrix w = layer.w();
    float[] packed = scratch.packed(Math.multiplyExact(tiles(x) * ROWS, w.cols()));
    ColumnMajorGemm product = new ColumnMajorGemm(x, layer, packed, workers.size());
    workers.run(product.tiles, (worker, tile) -> product.pack(tile));
    workers.run(
        Math.ceilDiv(w.rows(), product.width),
        (worker, panel) -> product.panel(panel * product.width, scratch.of(worker)));
  }

  private void pack(int tile) {
    int rows = Math.min(ROWS, x.rows() - tile * ROWS);
    for (int from = 0; from < w.cols(); from += sliceDepth) {
      int depth = Math.min(sliceDepth, w.cols() - from);
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

  /** Packs a row of a slice of X in the order of {@link FeatureSlices}. */
  private void interleave(int source, int depth, int to) {
    int runLength = FeatureSlices.runLength(depth);
    int runsEnd = FeatureSlices.STREAMS * runLength;
    for (int k = 0; k < FeatureSlices.STREAMS; k++) {
      for (int j = 0; j < runLength; j++) {
        packed[to + (j * FeatureSlices.STREAMS + k) * ROWS] = x.data()[source + k * runLength + j];
      }
    }
    for (int p = runsEnd; p < depth; p++) {
      packed[to + p * ROWS] = x.data()[source + p];
    }
  }

  private int tileAt(int tile, int from, int depth) {
    return (tiles * from + tile * depth) * ROWS;
  }

  /** Computes all rows of Y for a panel of columns from {@code o} on. */
  private void panel(int o, WorkerScratch scratch) {
    boolean direct = layer.plain();
    int rows = x.rows();
    scratch.ready(
        START + width * sliceDepth,
        direct ? 0 : ActivationRows.floats(rows, width),
        Math.max(TRANSPOSED, width));
    float[] panel = scratch.panel;
    int cols = Math.min(width, w.rows() - o);
    // Sums of the panel for all rows of X, which wait for bias or residual; without those, Y.
    ActivationRows sums = direct ? layer.y() : new ActivationRows(scratch.sums, rows, width, width);
    int left = direct ? o : 0;
    for (int t = 0; t < x.rows(); t++) {
      Arrays.fill(sums.data(), sums.at(t) + left, sums.at(t) + left + cols, 0f);
    }
    for (int from = 0; from < w.cols(); from += sliceDepth) {
      int depth = Math.min(sliceDepth, w.cols() - from);
      if (w.rowContiguous()) {
        for (int j = 0; j < cols; j += COLS) {
          int count = Math.min(COLS, cols - j);
          int at = START + j * depth;
          packRowMajor(w, array, o + j, count, COLS, from, depth, panel, at, scratch.widened);
        }
      } else {
        packColumnMajor(o, cols, from, depth, panel, scratch.widened);
      }
      for (int tile = 0; tile < tiles; tile++) {
        int a = tileAt(tile, from, depth);
        int height = Math.min(ROWS, rows - tile * ROWS);
        int c = sums.at(tile * ROWS) + left;
        for (int j = 0; j < cols; j += COLS) {
          int count = Math.min(COLS, cols - j);
          Float32MicroKernel.tile(packed, a, panel, START + j * depth, depth, scratch.tile);
          Float32MicroKernel.add(scratch.tile, height, count, sums.data(), c + j, sums.stride());
        }
      }
    }
    if (!direct) {
      for (int t = 0; t < x.rows(); t++) {
        for (int j = 0; j < cols; j += Lanes.COUNT) {
          int count = Math.min(Lanes.COUNT, cols - j);
          layer.put(t, o + j, sums.data(), sums.at(t) + j, count);
        }
      }
    }
  }

  /** Packs the panel from column-major W, with zeros after the last column of Y. */
  private void packColumnMajor(int o, int cols, int from, int depth, float[] panel, float[] run) {
    int whole = array == null ? cols / COLS : 0;
    ColumnMajorPanel.pack(w, o, whole, from, depth, panel, run);
    for (int p = 0; p < depth && whole * COLS < cols; p++) {
      long start = (from + FeatureSlices.feature(p, depth)) * w.colStride() + o;
      for (int j = whole * COLS; j < cols; j += COLS) {
        int count = Math.min(COLS, cols - j);
        int to = START + j * depth + p * COLS;
        widen(w, array, start + j, count, panel, to);
        Arrays.fill(panel, to + count, to + COLS, 0f);
      }
    }
  }

  /**
   * Packs rows {@code o} to {@code o + count} of row-major W as [depth][height], with zeros after
   * the last row, a block of features at a time: the written part stays in L1 until every row of
   * the block is transposed.
   *
   * @param array as {@link CpuDenseMatrix#array} of w
   * @param run scratch, [TRANSPOSED]
   */
  static void packRowMajor(
      Matrix w,
      float[] array,
      int o,
      int count,
      int height,
      int from,
      int depth,
      float[] into,
      int at,
      float[] run) {
    if (count < height) {
      Arrays.fill(into, at, at + depth * height, 0f);
    }
    for (int p = 0; p < depth; p += TRANSPOSED) {
      int length = Math.min(TRANSPOSED, depth - p);
      for (int j = 0; j < count; j++) {
        long start = (o + j) * w.rowStride() + from + p;
        if (array == null) {
          VectorLinear.widen(w.data(), w.dtype(), start, length, run, 0);
        }
        float[] row = array == null ? run : array;
        int first = array == null ? 0 : START + Math.toIntExact(start);
        int to = at + p * height + j;
        for (int i = 0; i < length; i++) {
          into[to + i * height] = row[first + i];
        }
      }
    }
  }

  /**
   * Widens neighbouring elements of W. W on the Java heap is read as an array, not as a segment:
   * code that has seen both heap and native segments is slow for both.
   */
  static void widen(Matrix w, float[] array, long index, int count, float[] into, int at) {
    if (array == null) {
      VectorLinear.widen(w.data(), w.dtype(), index, count, into, at);
    } else {
      System.arraycopy(array, START + Math.toIntExact(index), into, at, count);
    }
  }
}
