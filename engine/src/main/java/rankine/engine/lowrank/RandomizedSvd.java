package rankine.engine.lowrank;

import rankine.kernels.Backend;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/**
 * The leading singular triplets from a Gaussian sketch of the range: algorithms 4.4 (subspace
 * iteration, with orthonormal vectors after every product) and 5.1 (the decomposition of {@code B =
 * Qᵀ A}) of Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 53
 * (2011).
 *
 * <p>B is decomposed by {@link GramSvd}, like the whole matrix in {@link ExactSvd}: its errors are
 * those of a one-sided Jacobi method on float32 data, but it needs no q²/2 plane rotations a sweep.
 */
public record RandomizedSvd(RandomizedOptions options) implements SvdMethod {
  @Override
  public Svd decompose(String name, Matrix w, Backend backend) {
    MatrixOps ops = backend.matrices();
    try (Prepared a = Prepared.of(name, w, backend)) {
      int q = options.sketch(a.weight().rows());
      DenseMatrix sketch = ops.gaussian(q, a.weight().cols(), options.seed());
      DenseMatrix y = replaced(sketch, ops.timesTransposed(sketch, a.weight()));
      for (int i = 0; i < options.powerIterations(); i++) {
        y = Orthonormal.roughly(y, ops);
        DenseMatrix z = Orthonormal.roughly(replaced(y, ops.times(y, a.weight())), ops);
        y = replaced(z, ops.timesTransposed(z, a.weight()));
      }
      try (DenseMatrix basis = Orthonormal.rows(y, ops);
          DenseMatrix b = ops.times(basis, a.weight())) {
        return a.finish(GramSvd.of(b, basis, options.rank(), ops), true);
      }
    }
  }

  private static DenseMatrix replaced(DenseMatrix old, DenseMatrix next) {
    old.close();
    return next;
  }

  @Override
  public String key() {
    return "randomized 1, rank %d, oversampling %d, power iterations %d, seed %d"
        .formatted(
            options.rank(), options.oversampling(), options.powerIterations(), options.seed());
  }
}
