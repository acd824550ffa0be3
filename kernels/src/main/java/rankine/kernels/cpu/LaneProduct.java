package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.util.Arrays;
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
 * <p>Turning W about costs about as much as five tokens, hence "many".
 */
final class LaneProduct {
  /** From so many tokens on it is faster than {@link PanelProduct}. */
  static final int MANY_ROWS = 36;

  private static final int ROWS = LaneTiles.ROWS;
  private static final int COLS = LaneTiles.COLS;
  private static final int TILE = ROWS * COLS;
  private static final int HALF = COUNT / 2;

  private final Matrix w;
  private final Rows x;
  private final Output out;

  /** For panels that cannot be turned about. */
  private final PanelProduct rows;

  private LaneProduct(Rows x, Matrix w, Output out) {
    this.x = x;
    this.w = w;
    this.out = out;
    this.rows = new PanelProduct(x, w, out);
  }

  static boolean takes(Matrix w) {
    return LanePanel.takes(w) && w.rows() >= COLS;
  }

  /** A worker's buffers. */
  static final class Buffers {
    private final LanePanel panel = new LanePanel();

    /**
     * [1 + HALF][ROWS][COLS]: a tile of negative zeros, which added change nothing, and for each l
     * below HALF the sums of lane l and lane l + HALF.
     */
    private final float[] sums = new float[(1 + HALF) * TILE];

    private final int[] rows = new int[ROWS];

    Buffers() {
      Arrays.fill(sums, 0, TILE, -0f);
    }
  }

  static void apply(Rows x, Matrix w, Output out, Workers workers, PanelProduct.Scratch scratch) {
    LaneProduct product = new LaneProduct(x, w, out);
    int panels = w.rows() / COLS;
    // With few panels for many workers the tokens are dealt out too, and a panel made twice.
    int parts = Math.clamp(2L * workers.size() / panels, 1, Math.max(1, x.rows() / MANY_ROWS));
    int perPart = Math.ceilDiv(x.rows(), parts * ROWS) * ROWS;
    int rest = panels * COLS < w.rows() ? 1 : 0;
    workers.run(
        panels * parts + rest,
        (worker, task) -> {
          int panel = task / parts;
          int from = task % parts * perPart;
          int to = Math.min(x.rows(), from + perPart);
          if (panel == panels) {
            product.rows.outputs(panel * COLS, w.rows(), 0, x.rows(), scratch.of(worker));
          } else if (from < to) {
            product.panel(panel * COLS, from, to, scratch.of(worker));
          }
        });
  }

  /** Tokens {@code from} to {@code to} times rows {@code o} to {@code o + COLS} of W. */
  private void panel(int o, int from, int to, PanelProduct.Buffers scratch) {
    float[] panel = scratch.panel(LanePanel.floats(w.cols()));
    Buffers buffers = scratch.lanes();
    if (!buffers.panel.pack(w, o, panel)) {
      rows.outputs(o, o + COLS, from, to, scratch);
      return;
    }
    int stride = LanePanel.stride(w.cols());
    int depth = w.cols() / COUNT;
    for (int t = from; t < to; t += ROWS) {
      int tokens = Math.min(ROWS, to - t);
      for (int r = 0; r < ROWS; r++) {
        buffers.rows[r] = x.at(t + Math.min(r, tokens - 1));
      }
      for (int l = 0; l < HALF; l++) {
        int sum = (1 + l) * TILE;
        int other = l + HALF;
        LaneTiles.tile(x.data(), buffers.rows, l, depth, panel, l * stride, buffers.sums, 0, sum);
        LaneTiles.tile(
            x.data(), buffers.rows, other, depth, panel, other * stride, buffers.sums, sum, sum);
      }
      write(t, tokens, o, buffers.sums);
    }
  }

  /** A tile of Y. */
  private void write(int t, int tokens, int o, float[] sums) {
    for (int r = 0; r < tokens; r++) {
      for (int c = 0; c < COLS; c += COUNT) {
        out.put(t + r, o + c, fold(sums, TILE + r * COLS + c));
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

  private static FloatVector load(float[] sums, int at, int lane) {
    return FloatVector.fromArray(FLOATS, sums, at + lane * TILE);
  }
}
