package rankine.engine.prune;

import java.util.Arrays;
import rankine.engine.edit.Replacement;
import rankine.kernels.Matrix;

/**
 * The rows of a replacement in storage order: rows of the matrix, or its columns if the stored
 * matrix is column-contiguous.
 */
sealed interface RowSource {

  /** Returns the elements of stored row {@code i}, valid until the next call. */
  float[] row(int i);

  /**
   * Returns the stored rows of {@code replacement}.
   *
   * @param rowContiguous whether a stored row is a row of the matrix
   */
  static RowSource of(Replacement replacement, boolean rowContiguous) {
    return switch (replacement) {
      case Replacement.Dense(Matrix w) -> new OfDense(rowContiguous ? w : w.transposed());
      case Replacement.FactorPair(Matrix left, Matrix right) ->
          rowContiguous
              ? new OfFactors(left, right)
              : new OfFactors(right.transposed(), left.transposed());
    };
  }

  /** The rows of a matrix. */
  final class OfDense implements RowSource {
    private final Matrix w;
    private final float[] row;

    OfDense(Matrix w) {
      this.w = w;
      this.row = new float[w.cols()];
    }

    @Override
    public float[] row(int i) {
      for (int j = 0; j < row.length; j++) {
        row[j] = w.get(i, j);
      }
      return row;
    }
  }

  /** The rows of a product, summed in float64. */
  final class OfFactors implements RowSource {
    private final Matrix left;
    private final Matrix right;
    private final double[] sums;
    private final float[] row;

    OfFactors(Matrix left, Matrix right) {
      this.left = left;
      this.right = right;
      this.sums = new double[right.cols()];
      this.row = new float[right.cols()];
    }

    @Override
    public float[] row(int i) {
      Arrays.fill(sums, 0);
      for (int t = 0; t < left.cols(); t++) {
        double factor = left.get(i, t);
        for (int j = 0; j < sums.length; j++) {
          sums[j] += factor * right.get(t, j);
        }
      }
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) sums[j];
      }
      return row;
    }
  }
}
