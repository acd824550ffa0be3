package rankine.engine.lowrank;

import java.util.Optional;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Eigen;
import rankine.kernels.MatrixOps;

/**
 * Orthonormal bases of the space that some rows span, by products of matrices only: the Cholesky
 * factor of the float64 Gram matrix, applied again until the rows are orthonormal (CholeskyQR2,
 * Fukaya, Nakatsukasa, Yanagisawa and Yamamoto 2014). Rows are brought to length 1 first, so their
 * magnitudes do not count.
 *
 * <p>Where the rows depend on each other the factor does not exist; the eigenvectors of the Gram
 * matrix then give the basis (Stathopoulos and Wu 2002, SVQB), with as many rows as the space has
 * dimensions. So no vector is ever made up, and a zero matrix gives no basis but one zero row.
 */
final class Orthonormal {
  /** Squared lengths below this are dependence: float32 rows know no better. */
  private static final double DEPENDENT = 1e-14;

  /** After a pass from so near, the rows are orthonormal to the rounding of float32. */
  private static final double NEAR = 1e-3;

  /** The rounding of float32: a pass more would not help. */
  private static final double DONE = 1e-6;

  private static final int MOST_PASSES = 6;

  private Orthonormal() {}

  /**
   * One pass: a basis that is well conditioned, enough between power iterations. Closes {@code x}.
   */
  static DenseMatrix roughly(DenseMatrix x, MatrixOps ops) {
    return pass(x, ops.gram(x), ops);
  }

  /** Passes until the rows are orthonormal. Closes {@code x}. */
  static DenseMatrix rows(DenseMatrix x, MatrixOps ops) {
    DenseMatrix basis = x;
    for (int i = 0; i < MOST_PASSES; i++) {
      double[] gram = ops.gram(basis);
      double before = deviation(gram, basis.rows());
      if (before < DONE || (basis.rows() == 1 && gram[0] == 0)) {
        return basis;
      }
      basis = pass(basis, gram, ops);
      if (before < NEAR) {
        return basis;
      }
    }
    throw new ArithmeticException(
        "orthonormal basis: expected %d passes to do, found a deviation of %g"
            .formatted(MOST_PASSES, deviation(ops.gram(basis), basis.rows())));
  }

  /** {@code max |G - I|}. */
  private static double deviation(double[] gram, int q) {
    double largest = 0;
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < q; j++) {
        largest = Math.max(largest, Math.abs(gram[i * q + j] - (i == j ? 1 : 0)));
      }
    }
    return largest;
  }

  private static DenseMatrix pass(DenseMatrix x, double[] gram, MatrixOps ops) {
    int q = x.rows();
    double[] lengths = new double[q];
    for (int i = 0; i < q; i++) {
      lengths[i] = Math.sqrt(gram[i * q + i]);
    }
    double[] unit = normalised(gram, lengths, q);
    double[] coefficients = inverseFactor(unit, q).orElseGet(() -> span(unit, q, ops));
    int rows = coefficients.length / q;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < q; j++) {
        coefficients[i * q + j] = lengths[j] == 0 ? 0 : coefficients[i * q + j] / lengths[j];
      }
    }
    DenseMatrix basis = ops.combine(coefficients, rows, x);
    x.close();
    return basis;
  }

  /** The Gram matrix of the rows brought to length 1; rows of zeros stay. */
  private static double[] normalised(double[] gram, double[] lengths, int q) {
    double[] unit = new double[q * q];
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < q; j++) {
        double product = lengths[i] * lengths[j];
        unit[i * q + j] = product == 0 ? 0 : gram[i * q + j] / product;
      }
    }
    return unit;
  }

  /**
   * {@code L⁻¹} for {@code G = L Lᵀ}, lower triangular; empty if the rows are dependent. Both
   * factors grow row by row, by adding multiples of earlier rows: loops that a compiler turns into
   * vector instructions.
   */
  private static Optional<double[]> inverseFactor(double[] g, int q) {
    double[] upper = g.clone(); // becomes Lᵀ
    double[] inverse = new double[q * q];
    for (int i = 0; i < q; i++) {
      inverse[i * q + i] = 1;
      for (int k = 0; k < i; k++) {
        double factor = upper[k * q + i];
        subtract(upper, i * q + i, factor, upper, k * q + i, q - i);
        subtract(inverse, i * q, factor, inverse, k * q, k + 1);
      }
      double pivot = upper[i * q + i];
      if (!(pivot > DEPENDENT)) {
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

  /** {@code a -= factor · b} over n elements. */
  private static void subtract(double[] a, int aAt, double factor, double[] b, int bAt, int n) {
    for (int i = 0; i < n; i++) {
      a[aAt + i] -= factor * b[bAt + i];
    }
  }

  /** {@code Λ^-½ Eᵀ} of {@code G = E Λ Eᵀ} for the eigenvalues that count; a zero row for none. */
  private static double[] span(double[] g, int q, MatrixOps ops) {
    Eigen eigen = ops.eigen(g, q);
    int rank = 0;
    while (rank < q && eigen.values()[rank] > DEPENDENT * q) {
      rank++;
    }
    double[] coefficients = new double[Math.max(1, rank) * q];
    for (int i = 0; i < rank; i++) {
      double root = Math.sqrt(eigen.values()[i]);
      for (int j = 0; j < q; j++) {
        coefficients[i * q + j] = eigen.vectors()[i * q + j] / root;
      }
    }
    return coefficients;
  }
}
