package rankine.kernels;

import java.util.Optional;

/** {@link MatrixOps#choleskyPass} on the host; the small float64 matrices are row-major. */
final class CholeskyQr {
  private CholeskyQr() {}

  static MatrixOps.CholeskyPass pass(DenseMatrix x, double tolerance, MatrixOps ops) {
    int q = x.rows();
    double[] gram = ops.gram(x);
    double deviation = deviation(gram, q);
    if (deviation < tolerance) {
      return new MatrixOps.CholeskyPass(deviation, Optional.empty());
    }
    double[] scales = scales(gram, q);
    Optional<double[]> factor = ops.inverseCholesky(normalise(gram, scales, q), q);
    return new MatrixOps.CholeskyPass(
        deviation, factor.map(c -> product(scale(c, scales, q), x, ops)));
  }

  /**
   * Computes {@code C X} in float32: X is no more accurate, and the next pass measures the rounding
   * error.
   */
  private static DenseMatrix product(double[] c, DenseMatrix x, MatrixOps ops) {
    try (DenseMatrix factor = ops.upload(c, x.rows(), x.rows())) {
      return ops.times(factor, x);
    }
  }

  /** Computes {@code max |G - I|}. */
  private static double deviation(double[] gram, int q) {
    double largest = 0;
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < q; j++) {
        largest = Math.max(largest, Math.abs(gram[i * q + j] - (i == j ? 1 : 0)));
      }
    }
    return largest;
  }

  /** Factors that normalise each row to length 1; 0 for a zero row. */
  private static double[] scales(double[] gram, int q) {
    double[] scales = new double[q];
    for (int i = 0; i < q; i++) {
      double squared = gram[i * q + i];
      scales[i] = squared == 0 ? 0 : 1 / Math.sqrt(squared);
    }
    return scales;
  }

  /** Replaces the Gram matrix by that of the normalised rows, in place. */
  private static double[] normalise(double[] gram, double[] scales, int q) {
    for (int i = 0; i < q; i++) {
      double scale = scales[i];
      for (int j = 0; j < q; j++) {
        gram[i * q + j] *= scale * scales[j];
      }
    }
    return gram;
  }

  /** Converts coefficients of the normalised rows to those of the original rows, in place. */
  private static double[] scale(double[] coefficients, double[] scales, int q) {
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < q; j++) {
        coefficients[i * q + j] *= scales[j];
      }
    }
    return coefficients;
  }

  /** Computes L⁻¹ row by row: subtracts multiples of earlier rows from Lᵀ and L⁻¹ alike. */
  static Optional<double[]> inverseFactor(double[] g, int q) {
    double[] upper = g; // becomes Lᵀ
    double[] inverse = new double[q * q];
    for (int i = 0; i < q; i++) {
      inverse[i * q + i] = 1;
      for (int k = 0; k < i; k++) {
        double factor = upper[k * q + i];
        subtract(upper, i * q + i, factor, upper, k * q + i, q - i);
        subtract(inverse, i * q, factor, inverse, k * q, k + 1);
      }
      double pivot = upper[i * q + i];
      if (!(pivot > MatrixOps.DEPENDENT)) {
        return Optional.empty();
      }
      double root = Math.sqrt(pivot);
      for (int j = i; j < q; j++) {
        upper[i * q + j] /= root;
      }
      for (int j = 0; j <= i; j++) {
        inverse[i * q + j] /= root;
      }
    }
    return Optional.of(inverse);
  }

  /** AXPY: {@code a -= factor · b} for n elements. */
  private static void subtract(double[] a, int aAt, double factor, double[] b, int bAt, int n) {
    for (int i = 0; i < n; i++) {
      a[aAt + i] -= factor * b[bAt + i];
    }
  }
}
