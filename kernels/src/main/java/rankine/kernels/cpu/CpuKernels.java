package rankine.kernels.cpu;

import rankine.kernels.Matrix;

/**
 * The arithmetic of a CPU backend. Each result depends on its own inputs only, in a fixed order of
 * operations: not on the number of rows, nor on the worker that runs it.
 */
interface CpuKernels {
  /** As on the command line. */
  String name();

  /** What it computes with, for people. */
  String description();

  /** The layers of {@code group}; each as it would be alone. */
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
    linear(new LinearGroup().of(in).add(w, bias, accumulate, out), workers);
  }

  /**
   * {@code out = in Wᵀ} for many rows, W in either layout. Like {@link #linear}, but its order of
   * summation is its own.
   *
   * @param in [rows, w.cols]
   * @param out [rows, w.rows]
   */
  void product(ActivationRows in, Matrix w, ActivationRows out, Workers workers);

  /**
   * {@code out = W Wᵀ}, symmetric to the bit.
   *
   * @param out [w.rows, w.rows]
   */
  void timesOwnTranspose(Matrix w, ActivationRows out, Workers workers);

  /** The arithmetic of decompositions, most of it float64. */
  Float64Kernels float64();

  /** {@code into[offset + c] = w[row, c]}. */
  void row(Matrix w, int row, float[] into, int offset);

  /**
   * One row of {@link rankine.kernels.Op.LayerNorm}: n features of x at {@code at}, to {@code out}.
   */
  void layerNorm(
      float[] x, int at, int n, float[] scale, float[] shift, float epsilon, float[] out, int to);

  /** One row of {@link rankine.kernels.Op.RmsNorm}. */
  void rmsNorm(float[] x, int at, int n, float[] scale, float epsilon, float[] out, int to);

  /** One row of {@link rankine.kernels.Op.Gelu}, in place. */
  void gelu(float[] x, int at, int n);

  /** One row of {@link rankine.kernels.Op.SwiGlu}: {@code x = silu(x) · up}. */
  void siluGate(float[] x, int at, float[] up, int upAt, int n);

  /** {@code x += y}. */
  void add(float[] x, int at, float[] y, int yAt, int n);

  /**
   * One head of one query over positions [0, length) of a cache.
   *
   * @param q [headDim] at {@code at}
   * @param kvHead the key/value head to read
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
      float scale,
      float[] scores,
      float[] out,
      int to);

  /**
   * One head of several queries of a sequence, or several heads of a query that have their keys and
   * values in common: as {@link #attend} for each of them.
   *
   * @param q [headDim] each, the first at {@code at}, the next one {@code step} further
   * @param lengths [count], positions that each sees
   * @param scores scratch, at least {@code count} times as much as for one
   * @param out [headDim] each, at {@code to} and {@code outStep} further
   */
  default void attendTogether(
      float[] q,
      int at,
      int step,
      int count,
      CpuKvCache cache,
      int layer,
      int kvHead,
      int[] lengths,
      float scale,
      float[] scores,
      float[] out,
      int to,
      int outStep) {
    for (int i = 0; i < count; i++) {
      attend(
          q, at + i * step, cache, layer, kvHead, lengths[i], scale, scores, out, to + i * outStep);
    }
  }

  /** {@code log(sum(exp(x)))} over n values at {@code at}, natural logarithm. */
  double logSumExp(float[] x, int at, int n);
}
