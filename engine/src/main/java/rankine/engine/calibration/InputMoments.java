package rankine.engine.calibration;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/**
 * Second moments of activations, in float64: products of float32 numbers are exact there. Rows are
 * tokens, columns features.
 */
final class InputMoments {
  /** ASVD's exponent of the mean absolute input, and what it adds. */
  private static final double ALPHA = 0.5;

  private static final double ASVD_EPSILON = 1e-6;

  /** Tokens of a block: bounds the float64 copy of the activations. */
  private static final int BLOCK = 1024;

  private InputMoments() {}

  /**
   * Returns {@code Xᵀ Y}, [x.cols, y.cols], summed over the tokens in order.
   *
   * @param x [tokens, n] float32
   * @param y [tokens, m] float32, the same tokens
   */
  static double[] cross(Matrix x, Matrix y, MatrixOps ops) {
    int n = x.cols();
    int m = y.cols();
    double[] sums = new double[Math.multiplyExact(n, m)];
    for (int from = 0; from < x.rows(); from += BLOCK) {
      int count = Math.min(BLOCK, x.rows() - from);
      double[] left = OutputBasis.transposed(rows(x, from, count), count, n);
      double[] right = rows(y, from, count);
      double[] block = ops.product(left, n, count, right, m);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += block[i];
      }
    }
    return sums;
  }

  /**
   * Adds a ridge of {@link OutputBasis#RIDGE} times the mean of the diagonal to it: fewer inputs
   * than features leave H singular, and so do inputs that depend on the token alone, however long
   * the text. Inputs that are all zero give the identity.
   */
  static double[] withRidge(double[] h, int n) {
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += h[i * n + i];
    }
    double ridge = trace > 0 ? OutputBasis.RIDGE * trace / n : 1;
    double[] result = h.clone();
    for (int i = 0; i < n; i++) {
      result[i * n + i] += ridge;
    }
    return result;
  }

  /** Returns ASVD's H: the squares of its scales on the diagonal. */
  static double[] asvd(Matrix x) {
    int n = x.cols();
    double[] means = new double[n];
    for (int from = 0; from < x.rows(); from += BLOCK) {
      double[] block = rows(x, from, Math.min(BLOCK, x.rows() - from));
      for (int i = 0; i < block.length; i++) {
        means[i % n] += Math.abs(block[i]);
      }
    }
    double[] h = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      double scale = StrictMath.pow(means[i] / x.rows(), ALPHA) + ASVD_EPSILON;
      h[i * n + i] = scale * scale;
    }
    return h;
  }

  private static double[] rows(Matrix x, int from, int count) {
    float[] values = new float[count * x.cols()];
    MemorySegment.copy(
        x.data(),
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        (long) from * x.cols() * Float.BYTES,
        values,
        0,
        values.length);
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
