package rankine.engine.lowrank;

import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
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
final class OrthonormalBasis {
  /** After a pass from so near, the rows are orthonormal to the rounding of float32. */
  private static final double NEAR = 1e-3;

  /** The rounding of float32: a pass more would not help. */
  private static final double DONE = 1e-6;

  private static final int MOST_PASSES = 6;

  private OrthonormalBasis() {}

  /**
   * One pass: a basis that is well conditioned, enough between power iterations. Closes {@code x}.
   */
  static DenseMatrix roughly(DenseMatrix x, MatrixOps ops) {
    return pass(x, ops.choleskyPass(x, 0), ops);
  }

  /** Passes until the rows are orthonormal. Closes {@code x}. */
  static DenseMatrix rows(DenseMatrix x, MatrixOps ops) {
    DenseMatrix basis = x;
    for (int i = 0; i < MOST_PASSES; i++) {
      MatrixOps.CholeskyPass pass = ops.choleskyPass(basis, DONE);
      if (pass.deviation() < DONE || isZero(basis, pass, ops)) {
        return basis;
      }
      basis = pass(basis, pass, ops);
      if (pass.deviation() < NEAR) {
        return basis;
      }
    }
    throw new ArithmeticException(
        "orthonormal basis: expected %d passes to do, found a deviation of %g"
            .formatted(MOST_PASSES, ops.choleskyPass(basis, Double.POSITIVE_INFINITY).deviation()));
  }

  private static boolean isZero(DenseMatrix basis, MatrixOps.CholeskyPass pass, MatrixOps ops) {
    return basis.rows() == 1 && pass.basis().isEmpty() && ops.gram(basis)[0] == 0;
  }

  private static DenseMatrix pass(DenseMatrix x, MatrixOps.CholeskyPass pass, MatrixOps ops) {
    DenseMatrix basis = pass.basis().orElseGet(() -> spanned(x, ops));
    x.close();
    return basis;
  }

  /** The basis from the eigenvectors of the Gram matrix of the rows brought to length 1. */
  private static DenseMatrix spanned(DenseMatrix x, MatrixOps ops) {
    int q = x.rows();
    double[] gram = ops.gram(x);
    double[] lengths = new double[q];
    for (int i = 0; i < q; i++) {
      lengths[i] = Math.sqrt(gram[i * q + i]);
    }
    double[] unit = new double[q * q];
    for (int i = 0; i < q; i++) {
      for (int j = 0; j < q; j++) {
        double product = lengths[i] * lengths[j];
        unit[i * q + j] = product == 0 ? 0 : gram[i * q + j] / product;
      }
    }
    double[] coefficients = span(unit, q, ops);
    int rows = coefficients.length / q;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < q; j++) {
        coefficients[i * q + j] = lengths[j] == 0 ? 0 : coefficients[i * q + j] / lengths[j];
      }
    }
    return ops.combine(coefficients, rows, x);
  }

  /** {@code Λ^-½ Eᵀ} of {@code G = E Λ Eᵀ} for the eigenvalues that count; a zero row for none. */
  private static double[] span(double[] g, int q, MatrixOps ops) {
    EigenDecomposition eigen = ops.eigen(g, q);
    int rank = 0;
    while (rank < q && eigen.values()[rank] > MatrixOps.DEPENDENT * q) {
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
