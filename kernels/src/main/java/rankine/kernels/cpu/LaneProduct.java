package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for W with contiguous rows and many tokens: sums of outer products, yet to the
 * bit those of {@link StripKernels}, which reads such rows by the vector. There lane l takes
 * features l, l + COUNT, … and the lanes are then summed by halves; here a tile of Y is made lane
 * after lane, each in the same order, and its COUNT partial tiles are summed by the same halves.
 * That spares the machine a load a multiply-add: the accumulators hold outputs, so a vector of W
 * serves all tokens of the tile and a token's feature all of its outputs.
 *
 * <p>The loops, outermost first: panels of W (they fit in the second-level cache), blocks of a few
 * tiles of tokens (their sums do too), lanes, blocks of a lane's features (they fit in the
 * first-level cache, and are used for every tile), tiles.
 *
 * <p>Turning W about costs about as much as five tokens, hence "many".
 */
final class LaneProduct {
  /** From so many tokens on it is faster than others. */
  private static final int MANY_ROWS = 36;

  /** The same for binary16, which takes longer to turn about. */
  private static final int MANY_HALVES = 60;

  private static final int ROWS = LaneTiles.ROWS;
  private static final int COLS = LaneTiles.COLS;
  private static final int TILE = ROWS * COLS;

  /** Tiles of tokens that are summed side by side. */
  private static final int BLOCK = 4;

  /** Features of a lane at most in a block: 24 KiB of the panel. */
  private static final int DEPTH = 6144 / COLS;

  /** Where a tile of zeros is. */
  private static final int ZEROS = CacheLine.FLOATS;

  private final Matrix w;
  private final TokenTiles tokens;
  private final int rows;
  private final Output out;

  /** For the rows of W behind the last panel. */
  private final PanelProduct byRows;

  private LaneProduct(Rows x, TokenTiles tokens, Matrix w, Output out) {
    this.tokens = tokens;
    this.rows = x.rows();
    this.w = w;
    this.out = out;
    this.byRows = new PanelProduct(x, w, out);
  }

  /** Whether it takes {@code tokens} times such rows, and is the fastest that does. */
  static boolean suits(int tokens, Matrix w) {
    int many = w.dtype() == DType.F16 ? MANY_HALVES : MANY_ROWS;
    return tokens >= many && LanePanel.takes(w) && w.rows() >= COLS;
  }

  /** A worker's buffers. */
  static final class Buffers {
    private final LanePanel panel = new LanePanel();
    private final LaneSquare square = new LaneSquare();

    /** Where the rows of {@code square} lie in X. */
    private final int[] vectors = new int[COUNT];

    /**
     * [1 + BLOCK · COUNT][ROWS][COLS] from ZEROS on: a tile of zeros, and the sums of each tile and
     * lane.
     */
    private final float[] sums = new float[ZEROS + (1 + BLOCK * COUNT) * TILE];

    private void pack(Rows x, TokenTiles tokens, int tile) {
      tokens.pack(x, tile, square, vectors);
    }
  }

  static void apply(Rows x, Matrix w, Output out, Workers workers, PanelProduct.Scratch scratch) {
    TokenTiles tokens =
        new TokenTiles(scratch.tokens(TokenTiles.floats(x.rows(), w.cols())), w.cols() / COUNT);
    int tiles = TokenTiles.count(x.rows());
    workers.run(tiles, (worker, tile) -> scratch.of(worker).lanes().pack(x, tokens, tile));
    LaneProduct product = new LaneProduct(x, tokens, w, out);
    int panels = w.rows() / COLS;
    // With few panels for many workers the tokens are dealt out too, and a panel made twice.
    int parts = Math.clamp(2L * workers.size() / panels, 1, Math.max(1, x.rows() / MANY_ROWS));
    int perPart = Math.ceilDiv(tiles, parts);
    int rest = panels * COLS < w.rows() ? 1 : 0;
    workers.run(
        panels * parts + rest,
        (worker, task) -> {
          int panel = task / parts;
          int from = task % parts * perPart;
          int to = Math.min(tiles, from + perPart);
          if (panel == panels) {
            product.byRows.outputs(panel * COLS, w.rows(), 0, x.rows(), scratch.of(worker));
          } else if (from < to) {
            product.panel(panel * COLS, from, to, scratch.of(worker));
          }
        });
  }

  /** Tiles of tokens {@code from} to {@code to} times rows {@code o} to {@code o + COLS} of W. */
  private void panel(int o, int from, int to, PanelProduct.Buffers scratch) {
    float[] panel = scratch.panel(LanePanel.floats(w.cols()));
    Buffers buffers = scratch.lanes();
    buffers.panel.pack(w, o, panel);
    for (int tile = from; tile < to; tile += BLOCK) {
      int count = Math.min(BLOCK, to - tile);
      sum(tile, count, panel, buffers.sums);
      for (int b = 0; b < count; b++) {
        write(tile + b, o, buffers.sums, at(b, 0));
      }
    }
  }

  /** Where the sums of a block's tile and a lane are. */
  private static int at(int tile, int lane) {
    return ZEROS + (1 + tile * COUNT + lane) * TILE;
  }

  /** The sums of {@code count} tiles of tokens, lane by lane. */
  private void sum(int tile, int count, float[] panel, float[] sums) {
    int depth = tokens.depth();
    int stride = LanePanel.stride(w.cols());
    int step = Math.ceilDiv(depth, Math.ceilDiv(depth, DEPTH));
    for (int l = 0; l < COUNT; l++) {
      for (int j = 0; j < depth; j += step) {
        int features = Math.min(step, depth - j);
        int wAt = LanePanel.START + l * stride + j * COLS;
        for (int b = 0; b < count; b++) {
          int xAt = tokens.at(tile + b, l) + j * ROWS;
          int to = at(b, l);
          LaneTiles.tile(tokens.data(), xAt, features, panel, wAt, sums, j == 0 ? ZEROS : to, to);
        }
      }
    }
  }

  /**
   * A tile of Y: the sum over l of the vectors that are l tiles apart, added as {@link Lanes#sum}
   * adds lanes, each to the one half the lanes above it and so on. Spelt out on purpose: C2 inlines
   * no method of so many bytecodes. With its callers it would run out of room halfway and make an
   * object of every vector that a helper returns.
   */
  private void write(int tile, int o, float[] sums, int at) {
    int t = tile * ROWS;
    int count = Math.min(ROWS, rows - t);
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < COLS; c += COUNT) {
        int i = at + r * COLS + c;
        FloatVector sum;
        if (COUNT >= 16) {
          FloatVector s0 =
              FloatVector.fromArray(FLOATS, sums, i)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 8 * TILE));
          FloatVector s1 =
              FloatVector.fromArray(FLOATS, sums, i + TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 9 * TILE));
          FloatVector s2 =
              FloatVector.fromArray(FLOATS, sums, i + 2 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 10 * TILE));
          FloatVector s3 =
              FloatVector.fromArray(FLOATS, sums, i + 3 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 11 * TILE));
          FloatVector s4 =
              FloatVector.fromArray(FLOATS, sums, i + 4 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 12 * TILE));
          FloatVector s5 =
              FloatVector.fromArray(FLOATS, sums, i + 5 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 13 * TILE));
          FloatVector s6 =
              FloatVector.fromArray(FLOATS, sums, i + 6 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 14 * TILE));
          FloatVector s7 =
              FloatVector.fromArray(FLOATS, sums, i + 7 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 15 * TILE));
          FloatVector even = s0.add(s4).add(s2.add(s6));
          sum = even.add(s1.add(s5).add(s3.add(s7)));
        } else if (COUNT >= 8) {
          FloatVector s0 =
              FloatVector.fromArray(FLOATS, sums, i)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 4 * TILE));
          FloatVector s1 =
              FloatVector.fromArray(FLOATS, sums, i + TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 5 * TILE));
          FloatVector s2 =
              FloatVector.fromArray(FLOATS, sums, i + 2 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 6 * TILE));
          FloatVector s3 =
              FloatVector.fromArray(FLOATS, sums, i + 3 * TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 7 * TILE));
          sum = s0.add(s2).add(s1.add(s3));
        } else {
          FloatVector s0 =
              FloatVector.fromArray(FLOATS, sums, i)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 2 * TILE));
          FloatVector s1 =
              FloatVector.fromArray(FLOATS, sums, i + TILE)
                  .add(FloatVector.fromArray(FLOATS, sums, i + 3 * TILE));
          sum = s0.add(s1);
        }
        out.put(t + r, o + c, sum);
      }
    }
  }
}
