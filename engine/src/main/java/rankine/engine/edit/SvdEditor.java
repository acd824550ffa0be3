package rankine.engine.edit;

import rankine.engine.lowrank.ClippingRate;
import rankine.engine.lowrank.Svd;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/**
 * The best approximation of rank k = floor((1 − ξ) min(m, n)), as factors {@code U_k S_k} and
 * {@code V_kᵀ} or multiplied out, in float32. Rank 0 leaves nothing.
 */
final class SvdEditor implements MatrixEditor {
  private final Decompositions decompositions;
  private final EditPlan plan;

  SvdEditor(Decompositions decompositions, EditPlan plan) {
    this.decompositions = decompositions;
    this.plan = plan;
  }

  @Override
  public Replacement edit(String name, Matrix w, ClippingRate rate) {
    int rank = rate.rank(w.rows(), w.cols());
    if (rank == 0) {
      return new ZeroEditor().edit(name, w, rate);
    }
    Svd svd =
        switch (plan.method()) {
          case EXACT -> decompositions.exact(name, w).truncated(rank);
          case RANDOMIZED ->
              decompositions.randomized(name, w, plan.sketch().of(rank)).truncated(rank);
          case MAGNITUDE, ZERO -> throw new IllegalStateException("no SVD: " + plan.method());
        };
    Replacement.Factors factors = new Replacement.Factors(left(svd), right(svd));
    return plan.factored().keepsFactors(svd.rank(), w.rows(), w.cols())
        ? factors
        : new Replacement.Dense(product(factors));
  }

  /** {@code U S}, [m, k], row after row. */
  private static Matrix left(Svd svd) {
    int m = svd.u().rows();
    int k = svd.rank();
    float[] values = new float[Math.multiplyExact(m, k)];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < k; j++) {
        values[i * k + j] = (float) (svd.u().get(i, j) * svd.s()[j]);
      }
    }
    return Matrix.of(values, m, k);
  }

  /** {@code Vᵀ}, [k, n], row after row. */
  private static Matrix right(Svd svd) {
    int n = svd.v().rows();
    int k = svd.rank();
    float[] values = new float[Math.multiplyExact(k, n)];
    for (int j = 0; j < k; j++) {
      for (int i = 0; i < n; i++) {
        values[j * n + i] = svd.v().get(i, j);
      }
    }
    return Matrix.of(values, k, n);
  }

  private Matrix product(Replacement.Factors factors) {
    MatrixOps ops = decompositions.backend().matrices();
    try (DenseMatrix left = ops.copy(decompositions.backend().matrix(factors.left()), 1);
        DenseMatrix product = ops.times(left, decompositions.backend().matrix(factors.right()))) {
      return ops.download(product);
    }
  }
}
