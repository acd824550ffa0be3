package rankine.kernels.cpu;

import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.DTypeDecoder;
import rankine.kernels.Matrix;

/** Plain loops in the order of the formulas: the oracle of every other backend. */
final class ScalarKernels implements CpuKernels {
  private static final float SQRT_2_OVER_PI = 0x1.988454p-1f;

  /**
   * Rows of W that one worker decodes at a time. In a column-major W their elements are neighbours.
   */
  private static final int ROWS = 16;

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public String description() {
    return "plain loops";
  }

  @Override
  public void linear(LinearGroup group, Workers workers) {
    for (int i = 0; i < group.size(); i++) {
      linear(group.in(), group.layer(i), workers);
    }
  }

  private void linear(ActivationRows in, LinearLayer layer, Workers workers) {
    Matrix w = layer.w();
    workers.run(
        (w.rows() + ROWS - 1) / ROWS,
        (worker, block) -> {
          int from = block * ROWS;
          int count = Math.min(ROWS, w.rows() - from);
          float[] rows = rows(w, from, count);
          float[] x = in.data();
          for (int o = 0; o < count; o++) {
            for (int t = 0; t < in.rows(); t++) {
              int at = in.at(t);
              float sum = 0;
              for (int c = 0; c < w.cols(); c++) {
                sum += rows[o * w.cols() + c] * x[at + c];
              }
              layer.put(t, from + o, sum);
            }
          }
        });
  }

  /** Rows {@code from} to {@code from + count} (exclusive) of W in float32, [count, cols]. */
  private static float[] rows(Matrix w, int from, int count) {
    float[] rows = new float[count * w.cols()];
    if (w.rowContiguous()) {
      for (int r = 0; r < count; r++) {
        long first = (from + r) * w.rowStride();
        DTypeDecoder.get(w.data(), w.dtype(), first, w.cols(), rows, r * w.cols());
      }
      return rows;
    }
    float[] column = new float[count];
    for (int c = 0; c < w.cols(); c++) {
      DTypeDecoder.get(w.data(), w.dtype(), c * w.colStride() + from, count, column, 0);
      for (int r = 0; r < count; r++) {
        rows[r * w.cols() + c] = column[r];
      }
    }
    return rows;
  }

  @Override
  public void product(ActivationRows in, Matrix w, ActivationRows out, Workers workers) {
    linear(in, new LinearLayer().set(w, null, false, out), workers);
  }

  @Override
  public void timesOwnTranspose(Matrix w, ActivationRows out, Workers workers) {
    int cols = w.cols();
    float[] rows = rows(w, 0, w.rows());
    workers.run(
        w.rows(),
        (worker, i) -> {
          for (int j = 0; j < w.rows(); j++) {
            float sum = 0;
            for (int c = 0; c < cols; c++) {
              sum += rows[i * cols + c] * rows[j * cols + c];
            }
            out.data()[out.at(i) + j] = sum;
          }
        });
  }

  @Override
  public Float64Kernels float64() {
    return new ScalarFloat64();
  }

  @Override
  public void row(Matrix w, int row, float[] into, int offset) {
    System.arraycopy(rows(w, row, 1), 0, into, offset, w.cols());
  }

  @Override
  public void layerNorm(
      float[] x, int at, int n, float[] scale, float[] shift, float epsilon, float[] out, int to) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[at + i];
    }
    float mean = sum / n;
    float squares = 0;
    for (int i = 0; i < n; i++) {
      float d = x[at + i] - mean;
      squares += d * d;
    }
    float inverse = (float) (1 / Math.sqrt(squares / n + epsilon));
    for (int i = 0; i < n; i++) {
      float normed = (x[at + i] - mean) * inverse * scale[i];
      out[to + i] = shift == null ? normed : normed + shift[i];
    }
  }

  @Override
  public void rmsNorm(float[] x, int at, int n, float[] scale, float epsilon, float[] out, int to) {
    float squares = 0;
    for (int i = 0; i < n; i++) {
      squares += x[at + i] * x[at + i];
    }
    float inverse = (float) (1 / Math.sqrt(squares / n + epsilon));
    for (int i = 0; i < n; i++) {
      out[to + i] = x[at + i] * inverse * scale[i];
    }
  }

  @Override
  public void activate(ActivationFunction function, float[] x, int at, int n) {
    for (int i = at; i < at + n; i++) {
      x[i] = activation(function, x[i]);
    }
  }

  @Override
  public void activate(
      ActivationFunction function, float[] x, int at, float[] up, int upAt, int n) {
    for (int i = 0; i < n; i++) {
      x[at + i] = activation(function, x[at + i]) * up[upAt + i];
    }
  }

  private static float activation(ActivationFunction function, float v) {
    return switch (function) {
      case SILU -> (float) (v / (1 + Math.exp(-v)));
      case GELU_TANH ->
          (float) (0.5 * v * (1 + Math.tanh(SQRT_2_OVER_PI * (v + 0.044715f * v * v * v))));
      case GELU_ERF -> (float) (0.5 * v * (1 + erf(v / Math.sqrt(2))));
      case RELU -> Math.max(v, 0);
    };
  }

  /** The error function by its series with positive terms; Abramowitz and Stegun, 7.1.6. */
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x); // to double precision
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  @Override
  public void scale(float[] x, int at, int n, float factor) {
    for (int i = at; i < at + n; i++) {
      x[i] *= factor;
    }
  }

  @Override
  public void softCap(float[] x, int at, int n, float cap) {
    for (int i = at; i < at + n; i++) {
      x[i] = softCap(x[i], cap);
    }
  }

  private static float softCap(float x, float cap) {
    return (float) (cap * Math.tanh(x / cap));
  }

  @Override
  public void add(float[] x, int at, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      x[at + i] += y[yAt + i];
    }
  }

  @Override
  public void attend(AttentionCall call) {
    for (int i = 0; i < call.count; i++) {
      attend(call, i);
    }
  }

  private static void attend(AttentionCall call, int i) {
    CpuKvCache cache = call.cache;
    AttentionScores rule = call.rule;
    float[] scores = call.scores;
    int at = call.at + i * call.step;
    int length = call.lengths[i];
    int headDim = call.headDim();
    int first = call.first(i);
    float max = Float.NEGATIVE_INFINITY;
    for (int b = 0; b < cache.blockCount() && cache.block(b).start() < length; b++) {
      CpuKvCache.KvBlock block = cache.block(b);
      float[] keys = block.keys()[call.layer];
      for (int p = Math.max(first, block.start()); p < Math.min(length, cache.blockEnd(b)); p++) {
        float dot = 0;
        for (int d = 0; d < headDim; d++) {
          int k = CpuKvCache.keys(call.kvHead, headDim) + d * CpuKvCache.BLOCK + p - block.start();
          dot += call.q[at + d] * keys[k];
        }
        scores[p] = dot * rule.scale();
        if (rule.softCap() > 0) {
          scores[p] = softCap(scores[p], rule.softCap());
        }
        max = Math.max(max, scores[p]);
      }
    }
    float sum = 0;
    for (int p = first; p < length; p++) {
      scores[p] = (float) Math.exp(scores[p] - max);
      sum += scores[p];
    }
    float[] weighted = new float[headDim];
    for (int b = 0; b < cache.blockCount() && cache.block(b).start() < length; b++) {
      CpuKvCache.KvBlock block = cache.block(b);
      float[] values = block.values()[call.layer];
      for (int p = Math.max(first, block.start()); p < Math.min(length, cache.blockEnd(b)); p++) {
        int v = CpuKvCache.values(call.kvHead, headDim) + (p - block.start()) * headDim;
        for (int d = 0; d < headDim; d++) {
          weighted[d] += scores[p] * values[v + d];
        }
      }
    }
    int to = call.to + i * call.outStep;
    for (int d = 0; d < headDim; d++) {
      call.out[to + d] = weighted[d] / sum;
    }
  }

  @Override
  public double logSumExp(float[] x, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = at; i < at + n; i++) {
      sum += Math.exp(x[i] - max);
    }
    return max + Math.log(sum);
  }
}
