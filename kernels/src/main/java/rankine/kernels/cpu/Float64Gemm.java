package rankine.kernels.cpu;

import java.util.Arrays;

/**
 * {@code C += A B} in float64, from operands of any stored type and layout. The blocking is that of
 * Goto and van de Geijn (2008): slices of the common dimension; within a slice A is packed into
 * tiles once, B into panels of columns that stay in L2; a tile of C is in registers.
 *
 * <p>Each element of C is one sum in ascending order of the common dimension.
 */
final class Float64Gemm {
  /** Depth of a slice: a tile of A takes 16 KiB of L1. */
  private static final int DEPTH = 256;

  /** Columns per panel of B at most, plus up to a tile: 384 KiB of L2. */
  private static final int PANEL_COLS = 192;

  /** Index where a panel begins in its array. */
  private static final int START = 6;

  private final Float64Kernels kernels;
  private final Workers workers;

  /** A packed in tiles, [tiles][depth][tileRows]. */
  private double[] tiles = {};

  /** A panel of B per worker, [panels][depth][tileCols] from START on. */
  private final double[][] panels;

  /** A partial tile of C per worker. */
  private final double[][] edges;

  Float64Gemm(Float64Kernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.panels = new double[workers.size()][0];
    this.edges = new double[workers.size()][kernels.tileRows() * kernels.tileCols()];
  }

  /**
   * The operands of one product; C's element (i, j) is at {@code at + i * stride + j}.
   *
   * @param lowerOnly compute only the tiles on and below the diagonal
   */
  private record GemmTask(
      Float64Operand a, Float64Operand b, double[] c, int at, int stride, boolean lowerOnly) {}

  /** {@code C += A B}. */
  void add(Float64Operand a, Float64Operand b, double[] c, int at, int stride) {
    run(new GemmTask(a, b, c, at, stride, false));
  }

  /** {@code A Aᵀ}, [a.rows, a.rows]. */
  double[] gram(Float64Operand a) {
    return symmetric(a, a.transposed());
  }

  /** {@code A B}, [a.rows, a.rows], of operands whose product is symmetric. */
  double[] symmetric(Float64Operand a, Float64Operand b) {
    int n = a.rows();
    double[] c = new double[Math.multiplyExact(n, n)];
    run(new GemmTask(a, b, c, 0, n, true));
    workers.run(
        n,
        (worker, i) -> {
          for (int j = i + 1; j < n; j++) {
            c[i * n + j] = c[j * n + i];
          }
        });
    return c;
  }

  private void run(GemmTask task) {
    if (task.a.cols() != task.b.rows()) {
      throw new IllegalArgumentException(
          "product: expected %d rows on the right, found %d"
              .formatted(task.a.cols(), task.b.rows()));
    }
    int mr = kernels.tileRows();
    int rows = task.a.rows();
    int tileCount = Math.ceilDiv(rows, mr);
    int depth = task.a.cols();
    int needed = tileCount * mr * Math.min(DEPTH, depth);
    if (tiles.length < needed) {
      tiles = new double[needed];
    }
    // The same number of panels for each worker; several where their sizes differ.
    int least = workers.size() * (task.lowerOnly ? 4 : 1);
    int panels = Math.ceilDiv(Math.ceilDiv(task.b.cols(), PANEL_COLS), least) * least;
    int perPanel = Math.ceilDiv(task.b.cols(), panels);
    int panelCols = Math.ceilDiv(perPanel, kernels.tileCols()) * kernels.tileCols();
    for (int from = 0; from < depth; from += DEPTH) {
      int start = from;
      int length = Math.min(DEPTH, depth - from);
      workers.run(
          Math.ceilDiv(tileCount, 8),
          (worker, group) -> {
            for (int t = 8 * group; t < Math.min(tileCount, 8 * group + 8); t++) {
              packTile(task.a, t, start, length);
            }
          });
      workers.run(
          Math.ceilDiv(task.b.cols(), panelCols),
          (worker, panel) -> panel(task, panel * panelCols, panelCols, start, length, worker));
    }
  }

  /** Packs a tile of A; rows after the last are zero. */
  private void packTile(Float64Operand a, int tile, int from, int depth) {
    int mr = kernels.tileRows();
    int at = tile * mr * depth;
    int rows = Math.min(mr, a.rows() - tile * mr);
    a.pack(tile * mr, rows, from, depth, tiles, at, 1, mr);
    for (int i = rows; i < mr; i++) {
      for (int p = 0; p < depth; p++) {
        tiles[at + p * mr + i] = 0;
      }
    }
  }

  private void panel(GemmTask task, int col, int panelCols, int from, int depth, int worker) {
    int nr = kernels.tileCols();
    int mr = kernels.tileRows();
    int cols = Math.min(panelCols, task.b.cols() - col);
    if (panels[worker].length < START + panelCols * DEPTH) {
      panels[worker] = new double[START + panelCols * DEPTH];
    }
    double[] panel = panels[worker];
    for (int j = 0; j < cols; j += nr) {
      int width = Math.min(nr, cols - j);
      int at = START + j * depth;
      if (width < nr) {
        Arrays.fill(panel, at, at + nr * depth, 0);
      }
      task.b.pack(from, depth, col + j, width, panel, at, nr, 1);
    }
    int rows = task.a.rows();
    int first = task.lowerOnly ? col / mr : 0;
    for (int t = first; t < Math.ceilDiv(rows, mr); t++) {
      int row = t * mr;
      for (int j = 0; j < cols; j += nr) {
        if (task.lowerOnly && col + j > row + mr - 1) {
          break;
        }
        int panelAt = START + j * depth;
        int height = Math.min(mr, rows - row);
        int width = Math.min(nr, cols - j);
        int at = task.at + row * task.stride + col + j;
        if (height == mr && width == nr) {
          kernels.tile(tiles, row * depth, panel, panelAt, depth, task.c, at, task.stride);
        } else {
          double[] edge = edges[worker];
          copy(task.c, at, task.stride, edge, 0, nr, height, width);
          kernels.tile(tiles, row * depth, panel, panelAt, depth, edge, 0, nr);
          copy(edge, 0, nr, task.c, at, task.stride, height, width);
        }
      }
    }
  }

  private static void copy(
      double[] from, int at, int stride, double[] to, int toAt, int toStride, int rows, int cols) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, at + i * stride, to, toAt + i * toStride, cols);
    }
  }
}
