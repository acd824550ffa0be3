package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;

import java.util.Arrays;
import rankine.kernels.Matrix;

/**
 * {@code Y = A Aᵀ} in float32: the lower triangle is computed, the upper mirrored. The blocking is
 * that of {@link ColumnMajorGemm}, slice by slice of the common dimension, so only one slice of A
 * is in float32 at a time. Each element of Y is one sum in ascending order.
 */
final class Syrk {
  /** Elements of the common dimension per slice: a tile takes 16 KiB of L1. */
  private static final int DEPTH = 512;

  /** Elements transposed per block. */
  private static final int TRANSPOSED = 64;

  private static final int ROWS = Float32MicroKernel.ROWS;
  private static final int COLS = Float32MicroKernel.COLS;

  private final Matrix a;
  private final ActivationRows y;

  /** A slice packed in tiles, [tiles][depth][ROWS], zeros after the last row. */
  private final float[] tiles;

  private final int tileCount;

  /** Buffers of one worker. */
  private static final class SyrkBuffers {
    /** [depth][COLS], from START on. */
    final float[] panel = new float[START + COLS * DEPTH];

    final float[] run = new float[TRANSPOSED];
    final float[] tile = Float32MicroKernel.allocate();
  }

  private Syrk(Matrix a, ActivationRows y) {
    this.a = a;
    this.y = y;
    this.tileCount = Math.ceilDiv(a.rows(), ROWS);
    this.tiles = new float[tileCount * ROWS * Math.min(DEPTH, a.cols())];
  }

  /** Computes Y, [a.rows, a.rows]. */
  static void apply(Matrix a, ActivationRows y, Workers workers) {
    Syrk product = new Syrk(a, y);
    SyrkBuffers[] buffers = new SyrkBuffers[workers.size()];
    Arrays.setAll(buffers, i -> new SyrkBuffers());
    int panels = Math.ceilDiv(a.rows(), COLS);
    for (int from = 0; from < a.cols(); from += DEPTH) {
      int start = from;
      int depth = Math.min(DEPTH, a.cols() - from);
      workers.run(
          product.tileCount,
          (worker, tile) ->
              product.pack(
                  tile * ROWS,
                  ROWS,
                  start,
                  depth,
                  product.tiles,
                  tile * ROWS * depth,
                  buffers[worker].run));
      workers.run(
          panels, (worker, panel) -> product.panel(panel * COLS, start, depth, buffers[worker]));
    }
    workers.run(
        a.rows(),
        (worker, i) -> {
          for (int j = i + 1; j < a.rows(); j++) {
            y.data()[y.at(i) + j] = y.data()[y.at(j) + i];
          }
        });
  }

  /**
   * Packs rows {@code row} to {@code row + height} of A as [depth][height], zeros for rows after
   * the last.
   */
  private void pack(int row, int height, int from, int depth, float[] into, int at, float[] run) {
    int rows = Math.min(height, a.rows() - row);
    if (rows < height) {
      Arrays.fill(into, at, at + height * depth, 0f);
    }
    if (!a.rowContiguous()) {
      for (int p = 0; p < depth; p++) {
        long start = (from + p) * a.colStride() + row;
        VectorLinear.widen(a.data(), a.dtype(), start, rows, into, at + p * height);
      }
      return;
    }
    for (int p = 0; p < depth; p += TRANSPOSED) {
      int length = Math.min(TRANSPOSED, depth - p);
      for (int i = 0; i < rows; i++) {
        long start = (row + i) * a.rowStride() + from + p;
        VectorLinear.widen(a.data(), a.dtype(), start, length, run, 0);
        int to = at + p * height + i;
        for (int k = 0; k < length; k++) {
          into[to + k * height] = run[k];
        }
      }
    }
  }

  /**
   * Adds the contribution of a slice to columns {@code o} to {@code o + COLS}, from the diagonal
   * down.
   */
  private void panel(int o, int from, int depth, SyrkBuffers buffers) {
    pack(o, COLS, from, depth, buffers.panel, START, buffers.run);
    int cols = Math.min(COLS, a.rows() - o);
    for (int row = o / ROWS * ROWS; from == 0 && row < a.rows(); row++) {
      Arrays.fill(y.data(), y.at(row) + o, y.at(row) + o + cols, 0f);
    }
    for (int tile = o / ROWS; tile < tileCount; tile++) {
      int rows = Math.min(ROWS, a.rows() - tile * ROWS);
      int c = y.at(tile * ROWS) + o;
      int at = tile * ROWS * depth;
      Float32MicroKernel.tile(tiles, at, buffers.panel, START, depth, buffers.tile);
      Float32MicroKernel.add(buffers.tile, rows, cols, y.data(), c, y.stride());
    }
  }
}
