package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.GROUPS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * {@code Y = X Wᵀ} for W with contiguous rows and many tokens: sums of outer products, yet to the
 * bit those of {@link RowMajorGemvKernel}, which reads such rows by the vector. There lane l takes
 * features l, l + COUNT, … and then lanes are added to lanes; here a tile of Y is made lane after
 * lane, each in the same order, and added to those before it in the order of {@link
 * Lanes#sum(float[], int)}. That spares the machine a load a multiply-add: the accumulators hold
 * outputs, so a vector of W serves all tokens of the tile and a token's feature all of its outputs.
 *
 * <p>The loops, outermost first: panels of W, blocks of tiles of tokens, lanes, tiles. A block is
 * one tile, whose sums stay in the first-level cache, where the panel fits in the second-level one.
 * Where it does not, a lane of it does, and a few tiles are made of it.
 *
 * <p>Turning W about costs about as much as five tokens, hence "many".
 */
final class RowMajorGemm {
  /**
   * From so many tokens on it is faster than {@link SmallBatchGemm} and {@link ColumnMajorGemm}.
   */
  private static final int MANY_ROWS = 36;

  /** The same for binary16, which takes longer to turn about. */
  private static final int MANY_HALVES = 60;

  private static final int ROWS = RowMajorMicroKernel.ROWS;
  private static final int COLS = RowMajorMicroKernel.COLS;
  private static final int TILE = ROWS * COLS;

  /** Floats of a panel that a second-level cache of 1 MiB holds beside all else. */
  private static final int CACHED = 200_000;

  /** Tiles of tokens that are summed side by side where a panel is larger. */
  private static final int BLOCK = 4;

  /** Where a tile that adds nothing is. */
  private static final int NOTHING = CacheLine.FLOATS;

  private final Matrix w;
  private final PackedTokens tokens;
  private final int rows;
  private final LinearOutput out;

  /** Tiles of tokens that are summed side by side. */
  private final int side;

  /** For the rows of W behind the last panel. */
  private final SmallBatchGemm byRows;

  private RowMajorGemm(ActivationRows x, PackedTokens tokens, Matrix w, LinearOutput out) {
    this.tokens = tokens;
    this.rows = x.rows();
    this.w = w;
    this.out = out;
    this.side = RowMajorPanel.floats(w.cols()) <= CACHED ? 1 : BLOCK;
    this.byRows = new SmallBatchGemm(x, w, out);
  }

  /** Whether it takes {@code tokens} times such rows, and is the fastest that does. */
  static boolean suits(int tokens, Matrix w) {
    int many = w.dtype() == DType.F16 ? MANY_HALVES : MANY_ROWS;
    return tokens >= many && RowMajorPanel.takes(w) && w.rows() >= COLS;
  }

  /** A worker's buffers. */
  static final class RowMajorBuffers {
    private final RowMajorPanel panel = new RowMajorPanel();
    private final LaneTranspose square = new LaneTranspose();

    /** Where the rows of {@code square} lie in X. */
    private final int[] vectors = new int[COUNT];

    /**
     * [1 + BLOCK · GROUPS][ROWS][COLS] from NOTHING on: a tile of -0, which changes no sum, not
     * even one of -0, and the sums of each tile and group.
     */
    private final float[] sums = new float[NOTHING + (1 + BLOCK * GROUPS) * TILE];

    RowMajorBuffers() {
      Arrays.fill(sums, NOTHING, NOTHING + TILE, -0f);
    }

    private void pack(ActivationRows x, PackedTokens tokens, int tile) {
      tokens.pack(x, tile, square, vectors);
    }
  }

  static void apply(
      ActivationRows x,
      Matrix w,
      LinearOutput out,
      Workers workers,
      SmallBatchGemm.SmallBatchScratch scratch) {
    PackedTokens tokens =
        new PackedTokens(scratch.tokens(PackedTokens.floats(x.rows(), w.cols())), w.cols() / COUNT);
    int tiles = PackedTokens.count(x.rows());
    workers.run(tiles, (worker, tile) -> scratch.of(worker).lanes().pack(x, tokens, tile));
    RowMajorGemm product = new RowMajorGemm(x, tokens, w, out);
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
  private void panel(int o, int from, int to, SmallBatchGemm.SmallBatchBuffers scratch) {
    float[] panel = scratch.panel(RowMajorPanel.floats(w.cols()));
    RowMajorBuffers buffers = scratch.lanes();
    buffers.panel.pack(w, o, panel);
    for (int tile = from; tile < to; tile += side) {
      int count = Math.min(side, to - tile);
      sum(tile, count, panel, buffers.sums);
      for (int b = 0; b < count; b++) {
        write(tile + b, o, buffers.sums, at(b, 0));
      }
    }
  }

  /** Where a group's sums of a tile are. */
  private static int at(int tile, int group) {
    return NOTHING + (1 + tile * GROUPS + group) * TILE;
  }

  /** The sums of {@code count} tiles of tokens: each lane is added to its group's. */
  private void sum(int tile, int count, float[] panel, float[] sums) {
    int stride = RowMajorPanel.stride(w.cols());
    for (int l = 0; l < COUNT; l++) {
      int wAt = RowMajorPanel.START + l * stride;
      for (int b = 0; b < count; b++) {
        int to = at(b, l % GROUPS);
        int from = l < GROUPS ? NOTHING : to;
        int xAt = tokens.at(tile + b, l);
        RowMajorMicroKernel.tile(tokens.data(), xAt, tokens.depth(), panel, wAt, sums, from, to);
      }
    }
  }

  /** A tile of Y: its groups' sums, which begin at {@code at}, added in pairs. */
  private void write(int tile, int o, float[] sums, int at) {
    int t = tile * ROWS;
    int count = Math.min(ROWS, rows - t);
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < COLS; c += COUNT) {
        int i = at + r * COLS + c;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, i);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, i + TILE);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, i + 2 * TILE);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, i + 3 * TILE);
        out.put(t + r, o + c, s0.add(s1).add(s2.add(s3)));
      }
    }
  }
}
