package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;

/**
 * Rows of X as {@link RowMajorMicroKernel} reads them: tile after tile of {@link
 * RowMajorMicroKernel#ROWS} tokens, in each the features by the lane that sums them, and a
 * feature's tokens side by side. What a call reads is then one short stream, not a float of every
 * line of the tile.
 *
 * @param data token r of a tile, feature {@code l + j · COUNT}, at {@code at(tile, l) + j · ROWS +
 *     r}
 * @param depth features of a lane
 */
record PackedTokens(float[] data, int depth) {
  private static final int ROWS = RowMajorMicroKernel.ROWS;

  /** Of so many tokens. */
  static int count(int rows) {
    return Math.ceilDiv(rows, ROWS);
  }

  /** Floats of {@code rows} tokens with {@code features} each, whole vectors of them. */
  static int floats(int rows, int features) {
    return Math.multiplyExact(count(rows) * ROWS, features);
  }

  int at(int tile, int lane) {
    return (tile * COUNT + lane) * depth * ROWS;
  }

  /**
   * Fills a tile; tokens that are missing from the last are zeros.
   *
   * @param rows scratch, [COUNT]
   */
  void pack(ActivationRows x, int tile, LaneTranspose square, int[] rows) {
    int tokens = Math.min(ROWS, x.rows() - tile * ROWS);
    int vectors = depth * ROWS;
    int whole = tokens == ROWS ? vectors - vectors % COUNT : 0;
    for (int v = 0; v < whole; v += COUNT) {
      for (int k = 0; k < COUNT; k++) {
        rows[k] = from(x, tile, v + k);
      }
      square.read(x.data(), rows);
      square.f32(data, at(tile, 0) + v, vectors);
    }
    for (int v = whole; v < vectors; v++) {
      for (int l = 0; l < COUNT; l++) {
        data[at(tile, l) + v] = v % ROWS < tokens ? x.data()[from(x, tile, v) + l] : 0;
      }
    }
  }

  /** Where vector v of a tile lies in X: features from {@code v / ROWS * COUNT} on of a token. */
  private static int from(ActivationRows x, int tile, int v) {
    return x.at(tile * ROWS + v % ROWS) + v / ROWS * COUNT;
  }
}
