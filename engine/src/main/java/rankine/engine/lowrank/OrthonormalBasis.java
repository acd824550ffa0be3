package rankine.engine.lowrank;

import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.MatrixOps;

/**
 * Orthonormal bases of a row space, computed by matrix products only: the inverse Cholesky factor
 * of the float64 Gram matrix, applied until the rows are orthonormal (CholeskyQR2, Fukaya,
 * Nakatsukasa, Yanagisawa and Yamamoto 2014). Rows are first normalized to length 1, so their
 * magnitudes have no effect.
 *
 * <p>For linearly dependent rows the Cholesky factor does not exist; the eigenvectors of the Gram
 * matrix then give the basis (Stathopoulos and Wu 2002, SVQB), with as many rows as the space has
 * dimensions. So no arbitrary vector enters the basis; a zero matrix gives one zero row.
 */
final class OrthonormalBasis {
  /** One pass from a deviation below this gives rows orthonormal to float32 rounding. */
  private static final double NEAR = 1e-3;

  /** The rounding error of float32: another pass would not help. */
  private static final double CONVERGED = 1e-6;

  private static final int MAX_PASSES = 6;

  private OrthonormalBasis() {}

  /**
   * Returns a well conditioned basis after one pass; sufficient between power iterations. Closes
   * {@code x}.
   */
  static DenseMatrix onePass(DenseMatrix x, MatrixOps ops) {
    return pass(x, ops.choleskyPass(x, 0), ops);
  }

  /** Returns an orthonormal basis. Closes {@code x}. */
  static DenseMatrix of(DenseMatrix x, MatrixOps ops) {
    DenseMatrix basis = x;
    for (int i = 0; i < MAX_PASSES; i++) {
      MatrixOps.CholeskyPass pass = ops.choleskyPass(basis, CONVERGED);
      if (pass.deviation() < CONVERGED || isZero(basis, pass, ops)) {
        return basis;
      }
      basis = pass(basis, pass, ops);
      if (pass.deviation() < NEAR) {
        return basis;
      }
    }
    throw new ArithmeticException(
        "orthonormal basis: expected convergence in %d passes, found a deviation of %g"
            .formatted(MAX_PASSES, ops.choleskyPass(basis, Double.POSITIVE_INFINITY).deviation()));
  }

  private static boolean isZero(DenseMatrix basis, MatrixOps.CholeskyPass pass, MatrixOps ops) {
    return basis.rows() == 1 && pass.basis().isEmpty() && ops.gram(basis)[0] == 0;
  }

  private static DenseMatrix pass(DenseMatrix x, MatrixOps.CholeskyPass pass, MatrixOps ops) {
    DenseMatrix basis = pass.basis().orElseGet(() -> eigenBasis(x, ops));
    x.close();
    return basis;
  }

  /** Returns the basis from the eigenvectors of the Gram matrix of the normalized rows. */
  private static DenseMatrix eigenBasis(DenseMatrix x, MatrixOps ops) {
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
    double[] coefficients = eigenCoefficients(unit, q, ops);
    int rows = coefficients.length / q;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < q; j++) {
        coefficients[i * q + j] = lengths[j] == 0 ? 0 : coefficients[i * q + j] / lengths[j];
      }
    }
    return ops.combine(coefficients, rows, x);
  }

  /**
   * Returns {@code Λ^-½ Eᵀ} of {@code G = E Λ Eᵀ} for the eigenvalues above the threshold; one zero
   * row if there are none.
   */
  private static double[] eigenCoefficients(double[] g, int q, MatrixOps ops) {
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
