package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
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
  /** From so many tokens on it is faster than {@link PanelProduct}. */
  static final int MANY_ROWS = 36;

  private static final int ROWS = LaneTiles.ROWS;
  private static final int COLS = LaneTiles.COLS;
  private static final int TILE = ROWS * COLS;
  private static final int HALF = COUNT / 2;

  /** Tiles of tokens that are summed side by side. */
  private static final int BLOCK = 4;

  /** Features of a lane at most in a block: 12 KiB of the panel. */
  private static final int DEPTH = 3072 / COLS;

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

  static boolean takes(Matrix w) {
    return LanePanel.takes(w) && w.rows() >= COLS;
  }

  /** A worker's buffers. */
  static final class Buffers {
    private final LanePanel panel = new LanePanel();
    private final LaneSquare square = new LaneSquare();

    /** Where the rows of {@code square} lie in X. */
    private final int[] vectors = new int[COUNT];

    /** [1 + BLOCK · COUNT][ROWS][COLS]: a tile of zeros, and the sums of each tile and lane. */
    private final float[] sums = new float[(1 + BLOCK * COUNT) * TILE];

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
    return (1 + tile * COUNT + lane) * TILE;
  }

  /** The sums of {@code count} tiles of tokens, lane by lane. */
  private void sum(int tile, int count, float[] panel, float[] sums) {
    int depth = tokens.depth();
    int stride = LanePanel.stride(w.cols());
    int step = Math.ceilDiv(depth, Math.ceilDiv(depth, DEPTH));
    for (int l = 0; l < COUNT; l++) {
      for (int j = 0; j < depth; j += step) {
        int features = Math.min(step, depth - j);
        int wAt = l * stride + j * COLS;
        for (int b = 0; b < count; b++) {
          int xAt = tokens.at(tile + b, l) + j * ROWS;
          int to = at(b, l);
          LaneTiles.tile(tokens.data(), xAt, features, panel, wAt, sums, j == 0 ? 0 : to, to);
        }
      }
    }
  }

  /** A tile of Y. */
  private void write(int tile, int o, float[] sums, int at) {
    int t = tile * ROWS;
    int count = Math.min(ROWS, rows - t);
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < COLS; c += COUNT) {
        out.put(t + r, o + c, fold(sums, at + r * COLS + c));
      }
    }
  }

  /** The sum over l of the vectors at {@code at + l * TILE}, as {@link Lanes#sum} adds lanes. */
  private static FloatVector fold(float[] sums, int at) {
    if (COUNT >= 16) {
      FloatVector even = load(sums, at, 0).add(load(sums, at, 4));
      even = even.add(load(sums, at, 2).add(load(sums, at, 6)));
      FloatVector odd = load(sums, at, 1).add(load(sums, at, 5));
      return even.add(odd.add(load(sums, at, 3).add(load(sums, at, 7))));
    }
    if (COUNT >= 8) {
      FloatVector even = load(sums, at, 0).add(load(sums, at, 2));
      return even.add(load(sums, at, 1).add(load(sums, at, 3)));
    }
    return load(sums, at, 0).add(load(sums, at, 1));
  }

  /** Lane {@code lane} and the one half the lanes above it. */
  private static FloatVector load(float[] sums, int at, int lane) {
    return FloatVector.fromArray(FLOATS, sums, at + lane * TILE)
        .add(FloatVector.fromArray(FLOATS, sums, at + (lane + HALF) * TILE));
  }
}
