package rankine.kernels.cpu;

import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * The arithmetic of a CPU backend. Each result depends on its own inputs only, in a fixed order of
 * operations: neither on the number of rows (except {@link #product}) nor on the worker that
 * computes it.
 */
interface CpuKernels {
  /** The name of the backend on the command line. */
  String name();

  /** Describes the arithmetic for messages, for instance the vector width. */
  String description();

  /** Runs the layers of {@code group}; each gets the same bits as alone. */
  void linear(LinearGroup group, Workers workers);

  /**
   * {@code out[t] = W in[t] + bias}, added to {@code out[t]} if {@code accumulate}.
   *
   * @param in [rows, w.cols]
   * @param bias [w.rows], or null
   * @param out [rows, w.rows]
   */
  default void linear(
      ActivationRows in,
      Matrix w,
      float[] bias,
      boolean accumulate,
      ActivationRows out,
      Workers workers) {
    linear(new LinearGroup().reset(in).add(w, bias, accumulate, out), workers);
  }

  /**
   * {@code out = in Wᵀ} for the decompositions, usually with many rows; W in either layout. Unlike
   * {@link #linear} it may sum in another order for another number of rows.
   *
   * @param in [rows, w.cols]
   * @param out [rows, w.rows]
   */
  void product(ActivationRows in, Matrix w, ActivationRows out, Workers workers);

  /**
   * {@code out = W Wᵀ}, exactly symmetric.
   *
   * @param out [w.rows, w.rows]
   */
  void timesOwnTranspose(Matrix w, ActivationRows out, Workers workers);

  /** The inner loops of the decompositions, mostly float64. */
  Float64Kernels float64();

  /** {@code into[offset + c] = w[row, c]}. */
  void row(Matrix w, int row, float[] into, int offset);

  /**
   * One row of {@link Op.LayerNorm}: n features of x at {@code at}, written to {@code out} at
   * {@code to}.
   *
   * @param shift [n], or null
   */
  void layerNorm(
      float[] x, int at, int n, float[] scale, float[] shift, float epsilon, float[] out, int to);

  /**
   * One head of {@link Op.RmsNorm}: n features of x at {@code at}. A row may hold several heads,
   * one after the other.
   */
  void rmsNorm(float[] x, int at, int n, float[] scale, float epsilon, float[] out, int to);

  /** One row of {@link Op.Activation}, in place. */
  void activate(ActivationFunction function, float[] x, int at, int n);

  /** One row of {@link Op.GatedActivation}: {@code x = function(x) · up}. */
  void activate(ActivationFunction function, float[] x, int at, float[] up, int upAt, int n);

  /** One row of {@link Op.Scale}, in place. */
  void scale(float[] x, int at, int n, float factor);

  /** One row of {@link Op.SoftCap}, in place. */
  void softCap(float[] x, int at, int n, float cap);

  /** {@code x += y}. */
  void add(float[] x, int at, float[] y, int yAt, int n);

  /**
   * Attention of one query head over positions [{@code rule.first(length)}, length) of a cache.
   *
   * @param q [headDim] at {@code at}
   * @param kvHead key/value head to read
   * @param scores scratch, at least {@code length} + {@link CpuKvCache#BLOCK}
   * @param out [headDim] at {@code to}
   */
  void attend(
      float[] q,
      int at,
      CpuKvCache cache,
      int layer,
      int kvHead,
      int length,
      AttentionScores rule,
      float[] scores,
      float[] out,
      int to);

  /**
   * Attention of one head for several queries of a sequence, or of several heads of one query that
   * share a key/value head; each gets the same bits as from {@link #attend}.
   *
   * @param q [headDim] each, the first at {@code at}, the next {@code step} floats later
   * @param lengths [count], one more than the last position that each sees
   * @param scores scratch, at least {@code count} times that of {@link #attend}
   * @param out [headDim] each, the first at {@code to}, the next {@code outStep} floats later
   */
  default void attendGroup(
      float[] q,
      int at,
      int step,
      int count,
      CpuKvCache cache,
      int layer,
      int kvHead,
      int[] lengths,
      AttentionScores rule,
      float[] scores,
      float[] out,
      int to,
      int outStep) {
    for (int i = 0; i < count; i++) {
      attend(
          q, at + i * step, cache, layer, kvHead, lengths[i], rule, scores, out, to + i * outStep);
    }
  }

  /** {@code log(sum(exp(x)))} over n values at {@code at}, natural logarithm. */
  double logSumExp(float[] x, int at, int n);
}
