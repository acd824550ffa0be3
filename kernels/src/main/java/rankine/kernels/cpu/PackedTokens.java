package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.PARTIALS;

/**
 * Rows of X packed for {@link RowMajorMicroKernel}: tiles of {@link RowMajorMicroKernel#ROWS}
 * tokens; within a tile, features grouped by the partial sum that takes them, and the tokens of a
 * feature contiguous. A kernel call then reads one short stream, not one float of every cache line
 * of the tile.
 *
 * @param data token r of a tile, feature {@code l + j · PARTIALS}, at {@code at(tile, l) + j · ROWS
 *     + r}
 * @param depth features per partial sum
 */
record PackedTokens(float[] data, int depth) {
  private static final int ROWS = RowMajorMicroKernel.ROWS;

  /** Tiles of {@code rows} tokens. */
  static int count(int rows) {
    return Math.ceilDiv(rows, ROWS);
  }

  /** Length of the data for {@code rows} tokens of {@code features}, a whole number of PARTIALS. */
  static int floats(int rows, int features) {
    return Math.multiplyExact(count(rows) * ROWS, features);
  }

  int at(int tile, int partial) {
    return (tile * PARTIALS + partial) * depth * ROWS;
  }

  /**
   * Packs a tile; missing tokens of the last tile are zeros.
   *
   * @param rows scratch, [COUNT]
   */
  void pack(ActivationRows x, int tile, LaneTranspose transpose, int[] rows) {
    int tokens = Math.min(ROWS, x.rows() - tile * ROWS);
    int vectors = depth * ROWS;
    int transposed = tokens == ROWS ? vectors - vectors % COUNT : 0;
    for (int part = 0; part < PARTIALS; part += COUNT) {
      for (int v = 0; v < transposed; v += COUNT) {
        for (int k = 0; k < COUNT; k++) {
          rows[k] = from(x, tile, v + k) + part;
        }
        transpose.read(x.data(), rows);
        transpose.writeF32(data, at(tile, part) + v, vectors);
      }
    }
    for (int v = transposed; v < vectors; v++) {
      for (int l = 0; l < PARTIALS; l++) {
        data[at(tile, l) + v] = v % ROWS < tokens ? x.data()[from(x, tile, v) + l] : 0;
      }
    }
  }

  /**
   * Index in X of row v of a tile: features from {@code v / ROWS * PARTIALS} on of token {@code v %
   * ROWS}.
   */
  private static int from(ActivationRows x, int tile, int v) {
    return x.at(tile * ROWS + v % ROWS) + v / ROWS * PARTIALS;
  }
}
