package rankine.kernels.cpu;

import rankine.kernels.ActivationFunction;
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
   * Attention of each query of the call over positions [{@code rule.first(length)}, length) of its
   * cache; each gets the same bits as alone.
   */
  void attend(AttentionCall call);

  /** {@code log(sum(exp(x)))} over n values at {@code at}, natural logarithm. */
  double logSumExp(float[] x, int at, int n);
}
