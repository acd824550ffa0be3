package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;

import java.util.Arrays;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.GemmScratch.WorkerScratch;

/**
 * {@code Y = A Aᵀ} in float32: the lower triangle is computed, the upper mirrored. The blocking is
 * that of {@link ColumnMajorGemm}, slice by slice of the common dimension, so only one slice of A
 * is in float32 at a time. Each element of Y is one sum in ascending order.
 */
final class Syrk {
  /** Elements of the common dimension per slice: a tile takes 16 KiB of L1. */
  private static final int DEPTH = 512;

  private static final int ROWS = Float32MicroKernel.ROWS;
  private static final int COLS = Float32MicroKernel.COLS;

  private final Matrix a;

  /** The Java array that holds A from its start on, or null. */
  private final float[] array;

  private final ActivationRows y;

  /** A slice packed in tiles, [tiles][depth][ROWS], zeros after the last row. */
  private final float[] tiles;

  private final int tileCount;

  private Syrk(Matrix a, ActivationRows y, GemmScratch scratch) {
    this.a = a;
    this.array = CpuDenseMatrix.array(a);
    this.y = y;
    this.tileCount = Math.ceilDiv(a.rows(), ROWS);
    this.tiles = scratch.packed(tileCount * ROWS * Math.min(DEPTH, a.cols()));
  }

  /** Computes Y, [a.rows, a.rows]. */
  static void apply(Matrix a, ActivationRows y, Workers workers, GemmScratch scratch) {
    Syrk product = new Syrk(a, y, scratch);
    int panels = Math.ceilDiv(a.rows(), COLS);
    for (int from = 0; from < a.cols(); from += DEPTH) {
      int start = from;
      int depth = Math.min(DEPTH, a.cols() - from);
      workers.run(
          product.tileCount,
          (worker, tile) -> product.packTile(tile, start, depth, scratch.of(worker)));
      workers.run(
          panels, (worker, panel) -> product.panel(panel * COLS, start, depth, scratch.of(worker)));
    }
    workers.run(
        a.rows(),
        (worker, i) -> {
          for (int j = i + 1; j < a.rows(); j++) {
            y.data()[y.at(i) + j] = y.data()[y.at(j) + i];
          }
        });
  }

  private void packTile(int tile, int from, int depth, WorkerScratch scratch) {
    scratch.ready(0, 0, ColumnMajorGemm.TRANSPOSED);
    pack(tile * ROWS, ROWS, from, depth, tiles, tile * ROWS * depth, scratch.widened);
  }

  /**
   * Packs rows {@code row} to {@code row + height} of A as [depth][height], zeros for rows after
   * the last.
   */
  private void pack(int row, int height, int from, int depth, float[] into, int at, float[] run) {
    int rows = Math.min(height, a.rows() - row);
    if (a.rowContiguous()) {
      ColumnMajorGemm.packRowMajor(a, array, row, rows, height, from, depth, into, at, run);
      return;
    }
    if (rows < height) {
      Arrays.fill(into, at, at + height * depth, 0f);
    }
    for (int p = 0; p < depth; p++) {
      long start = (from + p) * a.colStride() + row;
      ColumnMajorGemm.widen(a, array, start, rows, into, at + p * height);
    }
  }

  /**
   * Adds the contribution of a slice to columns {@code o} to {@code o + COLS}, from the diagonal
   * down.
   */
  private void panel(int o, int from, int depth, WorkerScratch scratch) {
    scratch.ready(START + COLS * DEPTH, 0, ColumnMajorGemm.TRANSPOSED);
    pack(o, COLS, from, depth, scratch.panel, START, scratch.widened);
    int cols = Math.min(COLS, a.rows() - o);
    for (int row = o / ROWS * ROWS; from == 0 && row < a.rows(); row++) {
      Arrays.fill(y.data(), y.at(row) + o, y.at(row) + o + cols, 0f);
    }
    for (int tile = o / ROWS; tile < tileCount; tile++) {
      int rows = Math.min(ROWS, a.rows() - tile * ROWS);
      int c = y.at(tile * ROWS) + o;
      int at = tile * ROWS * depth;
      Float32MicroKernel.tile(tiles, at, scratch.panel, START, depth, scratch.tile);
      Float32MicroKernel.add(scratch.tile, rows, cols, y.data(), c, y.stride());
    }
  }
}
