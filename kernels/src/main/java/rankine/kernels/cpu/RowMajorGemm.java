package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.GROUPS;
import static rankine.kernels.cpu.Lanes.PARTIALS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.GemmScratch.WorkerScratch;

/**
 * {@code Y = X Wᵀ} for row-major W and many tokens, with the bits of {@link RowMajorGemvKernel}. In
 * that kernel partial sum l takes features l, l + {@link Lanes#PARTIALS}, …, and they are added at
 * the end. Here outputs are in the lanes: a tile of Y is a sum of outer products, one partial sum
 * after the other, and each is added to its group in the order of {@link Lanes#sum(float[], int)}.
 * This saves a load per multiply-add: a vector of W serves all tokens of the tile, and a broadcast
 * feature all of its outputs.
 *
 * <p>The loops, outermost first: panels of W, blocks of token tiles, partial sums, tiles. A block
 * is one tile, whose sums stay in L1, where the panel fits in L2. Where it does not, its part of
 * one partial sum does, and the tiles of the block share it: the wider W, the more tiles.
 *
 * <p>Transposing W costs about as much as {@link #PACKING_TOKENS} tokens, so few tokens take {@link
 * SmallBatchGemm}.
 */
final class RowMajorGemm {
  /**
   * Tokens from which on this is faster than {@link SmallBatchGemm} and {@link ColumnMajorGemm}.
   */
  private static final int MIN_TOKENS = 36;

  /** The same for binary16, which takes longer to transpose. */
  private static final int MIN_TOKENS_F16 = 60;

  /** Tokens whose products take as long as packing a panel. */
  private static final int PACKING_TOKENS = 5;

  private static final int ROWS = RowMajorMicroKernel.ROWS;
  private static final int COLS = RowMajorMicroKernel.COLS;
  private static final int TILE = ROWS * COLS;

  /** Floats of a panel that fit in an L2 of 1 MiB with the other operands. */
  private static final int MAX_PANEL_FLOATS = 200_000;

  /**
   * Rows of W from which on this is used: a panel of the widest vectors, so that every machine
   * takes the same route.
   */
  private static final int MIN_ROWS = 4 * PARTIALS;

  /** Token tiles per block where the panel is larger. */
  private static final int BLOCK_TILES = 4;

  /** Floats of a panel that fit in an L2 of 2 MiB with the other operands. */
  private static final int MAX_WIDE_PANEL_FLOATS = 2 * MAX_PANEL_FLOATS;

  /**
   * Token tiles per block where the panel is larger still. Every block streams the panel from
   * beyond L2: with four tiles, 256 tokens of 11008 features and more took a fifth to a quarter
   * longer (on an Intel Xeon).
   */
  private static final int WIDE_BLOCK_TILES = 24;

  /**
   * Index in the sums of a tile of -0, the neutral element of addition, which changes no sum, not
   * even -0; then come the sums of each tile and group.
   */
  private static final int ZERO_TILE = START;

  private final ActivationRows x;
  private final Matrix w;
  private final LinearLayer layer;

  /**
   * X packed in tiles, [tiles][PARTIALS][depth][ROWS]: the features that a partial sum takes follow
   * each other, and the tokens of a feature. A kernel call then reads one short stream, not one
   * float of every cache line of the tile.
   */
  private final float[] packed;

  /** Features per partial sum. */
  private final int depth;

  /** Token tiles per block. */
  private final int blockTiles;

  /** Computes the rows of W after the last whole panel. */
  private final SmallBatchGemm remainder;

  private RowMajorGemm(ActivationRows x, LinearLayer layer, float[] packed) {
    this.x = x;
    this.w = layer.w();
    this.layer = layer;
    this.packed = packed;
    this.depth = w.cols() / PARTIALS;
    this.blockTiles = blockTiles(RowMajorPanel.floats(w.cols()));
    this.remainder = new SmallBatchGemm(x, layer);
  }

  private static int blockTiles(int panelFloats) {
    if (panelFloats <= MAX_PANEL_FLOATS) {
      return 1;
    }
    return panelFloats <= MAX_WIDE_PANEL_FLOATS ? BLOCK_TILES : WIDE_BLOCK_TILES;
  }

  /** Returns whether this class supports the product and is the fastest that does. */
  static boolean suits(int tokens, Matrix w) {
    int least = w.dtype() == DType.F16 ? MIN_TOKENS_F16 : MIN_TOKENS;
    return tokens >= least && RowMajorPanel.supports(w) && w.rows() >= MIN_ROWS;
  }

  static void apply(ActivationRows x, LinearLayer layer, Workers workers, GemmScratch scratch) {
    Matrix w = layer.w();
    int tiles = Math.ceilDiv(x.rows(), ROWS);
    float[] packed = scratch.packed(Math.multiplyExact(tiles * ROWS, w.cols()));
    RowMajorGemm product = new RowMajorGemm(x, layer, packed);
    workers.run(tiles, (worker, tile) -> product.pack(tile, scratch.of(worker)));
    int panels = w.rows() / COLS;
    int parts = tokenParts(panels, x.rows(), workers.size());
    int tilesPerPart = Math.ceilDiv(tiles, parts);
    int remainderTasks = panels * COLS < w.rows() ? parts : 0;
    workers.run(
        panels * parts + remainderTasks,
        (worker, task) -> {
          int panel = task / parts;
          int from = task % parts * tilesPerPart;
          int to = Math.min(tiles, from + tilesPerPart);
          if (from >= to) {
            return;
          }
          if (panel == panels) {
            int last = Math.min(x.rows(), to * ROWS);
            product.remainder.outputs(
                panel * COLS, w.rows(), from * ROWS, last, scratch.of(worker));
          } else {
            product.panel(panel * COLS, from, to, scratch.of(worker));
          }
        });
  }

  /** Packs a tile of X; missing tokens of the last tile are zeros. */
  private void pack(int tile, WorkerScratch scratch) {
    int tokens = Math.min(ROWS, x.rows() - tile * ROWS);
    int vectors = depth * ROWS;
    int transposed = tokens == ROWS ? vectors - vectors % COUNT : 0;
    int[] rows = scratch.rows;
    for (int part = 0; part < PARTIALS; part += COUNT) {
      for (int v = 0; v < transposed; v += COUNT) {
        for (int k = 0; k < COUNT; k++) {
          rows[k] = from(tile, v + k) + part;
        }
        scratch.transpose.read(x.data(), rows);
        scratch.transpose.writeF32(packed, packedAt(tile, part) + v, vectors);
      }
    }
    for (int v = transposed; v < vectors; v++) {
      for (int l = 0; l < PARTIALS; l++) {
        packed[packedAt(tile, l) + v] = v % ROWS < tokens ? x.data()[from(tile, v) + l] : 0;
      }
    }
  }

  /** Index in {@code packed} of partial sum l of a tile. */
  private int packedAt(int tile, int l) {
    return (tile * PARTIALS + l) * depth * ROWS;
  }

  /**
   * Index in X of row v of a tile: features from {@code v / ROWS * PARTIALS} on of token {@code v %
   * ROWS}.
   */
  private int from(int tile, int v) {
    return x.at(tile * ROWS + v % ROWS) + v / ROWS * PARTIALS;
  }

  /**
   * Returns the parts of the tokens: a panel is packed once for each. More parts share the work
   * more evenly where there are few panels, as in the first product of a matrix in factors: with
   * three panels, two workers and one part, one worker computes two of them while the other waits.
   */
  private static int tokenParts(int panels, int tokens, int workers) {
    int best = 1;
    long least = Long.MAX_VALUE;
    for (int parts = 1; parts <= Math.max(1, tokens / MIN_TOKENS); parts++) {
      long rounds = Math.ceilDiv(panels * parts, workers);
      long time = rounds * (Math.ceilDiv(tokens, parts) + PACKING_TOKENS);
      if (time < least) {
        least = time;
        best = parts;
      }
    }
    return best;
  }

  /**
   * Computes token tiles {@code from} to {@code to} for rows {@code o} to {@code o + COLS} of W.
   */
  private void panel(int o, int from, int to, WorkerScratch scratch) {
    // The sums: [1 + blockTiles · GROUPS][ROWS][COLS] from ZERO_TILE on.
    int length = ZERO_TILE + (1 + blockTiles * GROUPS) * TILE;
    scratch.ready(RowMajorPanel.floats(w.cols()), length, RowMajorPanel.WIDENED);
    float[] sums = scratch.sums;
    Arrays.fill(sums, ZERO_TILE, ZERO_TILE + TILE, -0f);
    RowMajorPanel.pack(w, o, scratch);
    for (int tile = from; tile < to; tile += blockTiles) {
      int count = Math.min(blockTiles, to - tile);
      sum(tile, count, scratch.panel, sums);
      for (int b = 0; b < count; b++) {
        write(tile + b, o, sums, at(b, 0));
      }
    }
  }

  /** Index of the sums of a tile and group. */
  private static int at(int tile, int group) {
    return ZERO_TILE + (1 + tile * GROUPS + group) * TILE;
  }

  /** Sums {@code count} token tiles: each partial sum is added to its group. */
  private void sum(int tile, int count, float[] panel, float[] sums) {
    int stride = RowMajorPanel.stride(w.cols());
    for (int l = 0; l < PARTIALS; l++) {
      int wAt = START + l * stride;
      for (int b = 0; b < count; b++) {
        int to = at(b, l % GROUPS);
        int from = l < GROUPS ? ZERO_TILE : to;
        int xAt = packedAt(tile + b, l);
        RowMajorMicroKernel.tile(packed, xAt, depth, panel, wAt, sums, from, to);
      }
    }
  }

  /** Writes a tile of Y: the sums of its groups, which begin at {@code at}, added in pairs. */
  private void write(int tile, int o, float[] sums, int at) {
    int t = tile * ROWS;
    int count = Math.min(ROWS, x.rows() - t);
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < COLS; c += COUNT) {
        int i = at + r * COLS + c;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, i);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, i + TILE);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, i + 2 * TILE);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, i + 3 * TILE);
        layer.put(t + r, o + c, s0.add(s1).add(s2.add(s3)));
      }
    }
  }
}
