package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;

/**
 * Rows of X as {@link LaneTiles} reads them: tile after tile of {@link LaneTiles#ROWS} tokens, in
 * each the features by the lane that sums them, and a feature's tokens side by side. What a call
 * reads is then one short stream, not a float of every line of the tile.
 *
 * @param data token r of a tile, feature {@code l + j · COUNT}, at {@code at(tile, l) + j · ROWS +
 *     r}
 * @param depth features of a lane
 */
record TokenTiles(float[] data, int depth) {
  private static final int ROWS = LaneTiles.ROWS;

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

  /** Fills a tile; tokens that are missing from the last are zeros. */
  void pack(Rows x, int tile) {
    for (int r = 0; r < ROWS; r++) {
      int token = tile * ROWS + r;
      for (int l = 0; l < COUNT; l++) {
        int to = at(tile, l) + r;
        if (token < x.rows()) {
          int from = x.at(token) + l;
          for (int j = 0; j < depth; j++) {
            data[to + j * ROWS] = x.data()[from + j * COUNT];
          }
        } else {
          for (int j = 0; j < depth; j++) {
            data[to + j * ROWS] = 0;
          }
        }
      }
    }
  }
}
