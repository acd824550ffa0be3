package rankine.engine.lowrank;

import java.util.Arrays;
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
      if (basis.rows() == 1 && gram[0] == 0) {
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

  /** {@code L⁻¹} for {@code G = L Lᵀ}, lower triangular; empty if the rows are dependent. */
  private static Optional<double[]> inverseFactor(double[] g, int q) {
    double[] l = new double[q * q];
    double[] inverse = new double[q * q];
    double[] work = new double[q];
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < i; j++) {
        l[i * q + j] = (g[i * q + j] - dot(l, i * q, l, j * q, j)) / l[j * q + j];
      }
      double pivot = g[i * q + i] - dot(l, i * q, l, i * q, i);
      if (!(pivot > DEPENDENT)) {
        return Optional.empty();
      }
      double root = Math.sqrt(pivot);
      l[i * q + i] = root;
      Arrays.fill(work, 0, i, 0);
      for (int j = 0; j < i; j++) {
        double factor = l[i * q + j];
        for (int k = 0; k <= j; k++) {
          work[k] -= factor * inverse[j * q + k];
        }
      }
      for (int k = 0; k < i; k++) {
        inverse[i * q + k] = work[k] / root;
      }
      inverse[i * q + i] = 1 / root;
    }
    return Optional.of(inverse);
  }

  /** Four sums side by side: one alone waits for itself. */
  private static double dot(double[] a, int aAt, double[] b, int bAt, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += a[aAt + i] * b[bAt + i];
      s1 += a[aAt + i + 1] * b[bAt + i + 1];
      s2 += a[aAt + i + 2] * b[bAt + i + 2];
      s3 += a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < n; i++) {
      s0 += a[aAt + i] * b[bAt + i];
    }
    return s0 + s1 + (s2 + s3);
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
