package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.PARTIALS;

import java.util.Arrays;
import rankine.kernels.Matrix;

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
  private final LinearOutput out;

  /** Features, rounded up to whole PARTIALS; also the stride of a panel. */
  private final int n;

  /** Rows of W per panel: whole vectors of outputs, and whole tiles. */
  private final int height;

  SmallBatchGemm(ActivationRows x, Matrix w, LinearOutput out) {
    this.x = x;
    this.w = w;
    this.out = out;
    this.n = Math.ceilDiv(w.cols(), PARTIALS) * PARTIALS;
    int step = COUNT;
    while (step % DotMicroKernel.COLS != 0) {
      step += COUNT;
    }
    this.height = Math.max(step, Math.min(PANEL_FLOATS / n, MAX_PANEL_ROWS) / step * step);
  }

  static void apply(
      ActivationRows x, Matrix w, LinearOutput out, Workers workers, SmallBatchScratch scratch) {
    SmallBatchGemm product = new SmallBatchGemm(x, w, out);
    workers.run(
        Math.ceilDiv(w.rows(), product.height),
        (worker, task) -> {
          int o = task * product.height;
          product.panel(o, Math.min(product.height, w.rows() - o), 0, x.rows(), scratch.of(worker));
        });
  }

  /** Buffers of one worker. */
  static final class SmallBatchBuffers {
    /** [height][n] from START on: rows of W in float32, zeros after each row and after the last. */
    private float[] panel = {};

    /** [ROWS][height][PARTIALS] from START on: partial sums of a tile of tokens. */
    private float[] lanes = {};

    private final int[] rows = new int[DotMicroKernel.ROWS];

    private RowMajorGemm.RowMajorBuffers rowMajorBuffers;

    RowMajorGemm.RowMajorBuffers lanes() {
      if (rowMajorBuffers == null) {
        rowMajorBuffers = new RowMajorGemm.RowMajorBuffers();
      }
      return rowMajorBuffers;
    }

    float[] panel(int floats) {
      if (panel.length < floats) {
        panel = new float[floats];
      }
      return panel;
    }
  }

  /** Buffers of each worker, allocated on first use. */
  static final class SmallBatchScratch {
    private SmallBatchBuffers[] buffers = {};

    /** The data of {@link PackedTokens}, shared by all workers. */
    private float[] tokens = {};

    float[] tokens(int floats) {
      if (tokens.length < floats) {
        tokens = new float[floats];
      }
      return tokens;
    }

    void ready(int workers) {
      if (buffers.length < workers) {
        buffers = new SmallBatchBuffers[workers];
        Arrays.setAll(buffers, i -> new SmallBatchBuffers());
      }
    }

    SmallBatchBuffers of(int worker) {
      return buffers[worker];
    }
  }

  /** Computes rows {@code from} to {@code to} of W for tokens {@code first} to {@code last}. */
  void outputs(int from, int to, int first, int last, SmallBatchBuffers buffers) {
    for (int o = from; o < to; o += height) {
      panel(o, Math.min(height, to - o), first, last, buffers);
    }
  }

  /** Computes {@code count} rows of W from {@code o} on, at most a panel, for those tokens. */
  private void panel(int o, int count, int first, int last, SmallBatchBuffers buffers) {
    float[] panel = buffers.panel(START + height * n);
    for (int i = 0; i < count; i++) {
      VectorLinear.widenRow(w, o + i, 0, w.cols(), panel, START + i * n);
      Arrays.fill(panel, START + i * n + w.cols(), START + (i + 1) * n, 0f);
    }
    Arrays.fill(panel, START + count * n, START + height * n, 0f);
    int sums = START + DotMicroKernel.ROWS * height * PARTIALS;
    if (buffers.lanes.length < sums) {
      buffers.lanes = new float[sums];
    }
    for (int t = first; t < last; t += DotMicroKernel.ROWS) {
      tokens(t, Math.min(DotMicroKernel.ROWS, last - t), o, count, buffers);
    }
  }

  /** Computes {@code tokens} tokens from {@code t} on, at most ROWS, for the panel. */
  private void tokens(int t, int tokens, int o, int count, SmallBatchBuffers buffers) {
    for (int r = 0; r < DotMicroKernel.ROWS; r++) {
      buffers.rows[r] = x.at(t + Math.min(r, tokens - 1));
    }
    int stride = height * PARTIALS;
    Arrays.fill(buffers.lanes, START, START + DotMicroKernel.ROWS * stride, 0f);
    int used = Math.ceilDiv(count, DotMicroKernel.COLS) * DotMicroKernel.COLS;
    int blocks = Math.ceilDiv(n, MAX_BLOCK);
    int block = Math.ceilDiv(n / PARTIALS, blocks) * PARTIALS;
    for (int from = 0; from < n; from += block) {
      int features = Math.min(block, n - from);
      for (int c = 0; c < used; c += DotMicroKernel.COLS) {
        for (int part = 0; part < PARTIALS; part += COUNT) {
          DotMicroKernel.tile(
              x.data(),
              buffers.rows,
              from + part,
              buffers.panel,
              START + c * n + from + part,
              n,
              features,
              buffers.lanes,
              START + c * PARTIALS + part,
              stride);
        }
      }
    }
    for (int r = 0; r < tokens; r++) {
      for (int c = 0; c < count; c += COUNT) {
        int at = START + r * stride + c * PARTIALS;
        Lanes.sums(buffers.lanes, at);
        out.put(t + r, o + c, buffers.lanes, at, Math.min(COUNT, count - c));
      }
    }
  }
}
