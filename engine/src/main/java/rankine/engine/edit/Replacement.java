package rankine.engine.edit;

import rankine.kernels.Backend;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/** The replacement of a matrix W of shape [m, n]. */
public sealed interface Replacement {

  /** A dense matrix of the same shape. */
  record Dense(Matrix w) implements Replacement {}

  /**
   * A low-rank matrix left · right, run as two thin products.
   *
   * @param left [m, k]
   * @param right [k, n]
   */
  record FactorPair(Matrix left, Matrix right) implements Replacement {
    /** Checks that the inner dimensions match. */
    public FactorPair {
      if (left.cols() != right.rows()) {
        throw new IllegalArgumentException(
            "factors: expected equal inner dimensions, found [%d, %d] and [%d, %d]"
                .formatted(left.rows(), left.cols(), right.rows(), right.cols()));
      }
    }

    /** Returns the product, [m, n], row-major float32, computed in float32. */
    public Matrix product(Backend backend) {
      MatrixOps ops = backend.matrices();
      try (DenseMatrix copy = ops.copy(backend.matrix(left), 1);
          DenseMatrix product = ops.times(copy, backend.matrix(right))) {
        return ops.download(product);
      }
    }
  }
}
