package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.PARTIALS;

import java.util.Arrays;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.GemmScratch.WorkerScratch;

/**
 * {@code Y = X Wᵀ} for row-major W and several tokens. A worker widens a panel of rows of W to
 * float32 once and runs all tokens over it.
 *
 * <p>The loops, outermost first: panels of W (which fit in L2), tiles of tokens, blocks of features
 * (of which the parts of both operands fit in L1), tiles of the panel.
 */
final class SmallBatchGemm {
  /** Floats per panel at most: half of an L2 of 1 MiB, as servers have. */
  private static final int PANEL_FLOATS = 128 * 1024;

  /** Rows per panel at most: its partial sums, {@code ROWS · 64} vectors, stay in L1. */
  private static final int MAX_PANEL_ROWS = 64;

  /** Features per block at most. */
  private static final int MAX_BLOCK = 1024;

  private final Matrix w;
  private final ActivationRows x;
  private final LinearLayer layer;

  /** Features, rounded up to whole PARTIALS; also the stride of a panel. */
  private final int n;

  /** Rows of W per panel: whole vectors of outputs, and whole tiles. */
  private final int height;

  SmallBatchGemm(ActivationRows x, LinearLayer layer) {
    this.x = x;
    this.w = layer.w();
    this.layer = layer;
    this.n = Math.ceilDiv(w.cols(), PARTIALS) * PARTIALS;
    int step = COUNT;
    while (step % DotMicroKernel.COLS != 0) {
      step += COUNT;
    }
    this.height = Math.max(step, Math.min(PANEL_FLOATS / n, MAX_PANEL_ROWS) / step * step);
  }

  static void apply(ActivationRows x, LinearLayer layer, Workers workers, GemmScratch scratch) {
    SmallBatchGemm product = new SmallBatchGemm(x, layer);
    int rows = layer.w().rows();
    workers.run(
        Math.ceilDiv(rows, product.height),
        (worker, task) -> {
          int o = task * product.height;
          product.panel(o, Math.min(product.height, rows - o), 0, x.rows(), scratch.of(worker));
        });
  }

  /** Computes rows {@code from} to {@code to} of W for tokens {@code first} to {@code last}. */
  void outputs(int from, int to, int first, int last, WorkerScratch scratch) {
    for (int o = from; o < to; o += height) {
      panel(o, Math.min(height, to - o), first, last, scratch);
    }
  }

  /** Computes {@code count} rows of W from {@code o} on, at most a panel, for those tokens. */
  private void panel(int o, int count, int first, int last, WorkerScratch scratch) {
    // The panel: [height][n], zeros after each row and after the last. The partial sums of a tile
    // of tokens: [ROWS][height][PARTIALS].
    scratch.ready(START + height * n, START + DotMicroKernel.ROWS * height * PARTIALS, 0);
    float[] panel = scratch.panel;
    for (int i = 0; i < count; i++) {
      VectorLinear.widenRow(w, o + i, panel, START + i * n);
      Arrays.fill(panel, START + i * n + w.cols(), START + (i + 1) * n, 0f);
    }
    Arrays.fill(panel, START + count * n, START + height * n, 0f);
    for (int t = first; t < last; t += DotMicroKernel.ROWS) {
      tokens(t, Math.min(DotMicroKernel.ROWS, last - t), o, count, scratch);
    }
  }

  /** Computes {@code tokens} tokens from {@code t} on, at most ROWS, for the panel. */
  private void tokens(int t, int tokens, int o, int count, WorkerScratch scratch) {
    for (int r = 0; r < DotMicroKernel.ROWS; r++) {
      scratch.rows[r] = x.at(t + Math.min(r, tokens - 1));
    }
    int stride = height * PARTIALS;
    Arrays.fill(scratch.sums, START, START + DotMicroKernel.ROWS * stride, 0f);
    int used = Math.ceilDiv(count, DotMicroKernel.COLS) * DotMicroKernel.COLS;
    int blocks = Math.ceilDiv(n, MAX_BLOCK);
    int block = Math.ceilDiv(n / PARTIALS, blocks) * PARTIALS;
    for (int from = 0; from < n; from += block) {
      int features = Math.min(block, n - from);
      for (int c = 0; c < used; c += DotMicroKernel.COLS) {
        for (int part = 0; part < PARTIALS; part += COUNT) {
          DotMicroKernel.tile(
              x.data(),
              scratch.rows,
              from + part,
              scratch.panel,
              START + c * n + from + part,
              n,
              features,
              scratch.sums,
              START + c * PARTIALS + part,
              stride);
        }
      }
    }
    for (int r = 0; r < tokens; r++) {
      for (int c = 0; c < count; c += COUNT) {
        int at = START + r * stride + c * PARTIALS;
        Lanes.sums(scratch.sums, at);
        layer.put(t + r, o + c, scratch.sums, at, Math.min(COUNT, count - c));
      }
    }
  }
}
