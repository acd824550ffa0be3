package rankine.engine.lowrank;

import java.util.List;
import rankine.common.EditException;
import rankine.kernels.Backend;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/**
 * A matrix prepared for decomposition: finite, wide (rows ≤ columns), and scaled so that no float32
 * product overflows or underflows.
 *
 * @param weight on the backend, [rows, cols], rows ≤ cols
 * @param transposed whether {@code weight} is the transpose of the original
 * @param scale a power of two; the original matrix is {@code scale · weight}
 * @param copy the scaled copy, or null if the stored matrix is used
 * @param squaredNorm squared Frobenius norm of {@code weight}
 */
record ScaledMatrix(
    Weight weight,
    boolean transposed,
    double scale,
    DenseMatrix copy,
    double squaredNorm,
    MatrixOps ops)
    implements AutoCloseable {
  /** Norms from {@code 2^-40} to {@code 2^40} need no scaling. */
  private static final int UNSCALED_EXPONENT = 40;

  /** Limit at which both the scale and its inverse are normal float32 numbers. */
  private static final int MAX_EXPONENT = 126;

  static ScaledMatrix of(String name, Matrix w, Backend backend) {
    MatrixOps ops = backend.matrices();
    boolean transposed = w.rows() > w.cols();
    Weight weight = backend.matrix(transposed ? w.transposed() : w);
    double squaredNorm = ops.squaredNorm(weight);
    if (!Double.isFinite(squaredNorm)) {
      throw new EditException(name + ": expected finite elements, found " + notFinite(w));
    }
    int exponent = squaredNorm == 0 ? 0 : Math.getExponent(squaredNorm) / 2;
    if (Math.abs(exponent) <= UNSCALED_EXPONENT) {
      return new ScaledMatrix(weight, transposed, 1, null, squaredNorm, ops);
    }
    int bounded = Math.clamp(exponent, -MAX_EXPONENT, MAX_EXPONENT);
    DenseMatrix copy = ops.copy(weight, Math.scalb(1f, -bounded));
    return new ScaledMatrix(
        copy, transposed, Math.scalb(1.0, bounded), copy, ops.squaredNorm(copy), ops);
  }

  private static String notFinite(Matrix w) {
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        if (!Float.isFinite(w.get(r, c))) {
          return "%s at row %d, column %d".formatted(w.get(r, c), r, c);
        }
      }
    }
    throw new IllegalStateException("norm not finite although all elements are");
  }

  /**
   * Returns the decomposition of the original matrix.
   *
   * @param partial whether the triplets are only the leading ones
   */
  Svd finish(List<GramSvd.TripletBlock> blocks, boolean partial) {
    SortedTriplets sorted = SortedTriplets.of(blocks, weight.rows(), weight.cols(), ops);
    double sum = 0;
    for (int i = sorted.s().length - 1; i >= 0; i--) {
      sum += sorted.s()[i] * sorted.s()[i];
      sorted.s()[i] *= scale;
    }
    double rest = partial ? scale * Math.sqrt(Math.max(0, squaredNorm - sum)) : 0;
    Matrix left = sorted.left().transposed();
    Matrix right = sorted.right().transposed();
    return transposed
        ? new Svd(right, sorted.s(), left, rest)
        : new Svd(left, sorted.s(), right, rest);
  }

  @Override
  public void close() {
    if (copy != null) {
      copy.close();
    }
  }
}
