package rankine.engine.edit;

import rankine.kernels.Matrix;

/** What takes the place of a matrix W of shape [m, n]. */
public sealed interface Replacement {

  /** Another matrix of the same shape. */
  record Dense(Matrix w) implements Replacement {}

  /**
   * W = left · right, run as two thin products.
   *
   * @param left [m, k]
   * @param right [k, n]
   */
  record FactorPair(Matrix left, Matrix right) implements Replacement {
    /** Checks that the shapes meet. */
    public FactorPair {
      if (left.cols() != right.rows()) {
        throw new IllegalArgumentException(
            "factors [%d, %d] and [%d, %d]"
                .formatted(left.rows(), left.cols(), right.rows(), right.cols()));
      }
    }
  }
}
