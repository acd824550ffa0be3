package rankine.engine.prune;

import java.util.Arrays;
import rankine.engine.edit.Replacement;
import rankine.kernels.Matrix;

/**
 * A replacement line by line in the order of storage: a line is a row of the matrix, or a column if
 * that is what lies contiguous.
 */
sealed interface RowSource {

  /** The elements of line {@code i}, valid until the next call. */
  float[] line(int i);

  /**
   * The lines of {@code replacement}.
   *
   * @param byRows whether a line is a row
   */
  static RowSource of(Replacement replacement, boolean byRows) {
    return switch (replacement) {
      case Replacement.Dense(Matrix w) -> new OfDense(byRows ? w : w.transposed());
      case Replacement.FactorPair(Matrix left, Matrix right) ->
          byRows
              ? new OfFactors(left, right)
              : new OfFactors(right.transposed(), left.transposed());
    };
  }

  /** The rows of a matrix. */
  final class OfDense implements RowSource {
    private final Matrix w;
    private final float[] line;

    OfDense(Matrix w) {
      this.w = w;
      this.line = new float[w.cols()];
    }

    @Override
    public float[] line(int i) {
      for (int j = 0; j < line.length; j++) {
        line[j] = w.get(i, j);
      }
      return line;
    }
  }

  /** The rows of a product, summed in float64. */
  final class OfFactors implements RowSource {
    private final Matrix left;
    private final Matrix right;
    private final double[] sums;
    private final float[] line;

    OfFactors(Matrix left, Matrix right) {
      this.left = left;
      this.right = right;
      this.sums = new double[right.cols()];
      this.line = new float[right.cols()];
    }

    @Override
    public float[] line(int i) {
      Arrays.fill(sums, 0);
      for (int t = 0; t < left.cols(); t++) {
        double factor = left.get(i, t);
        for (int j = 0; j < sums.length; j++) {
          sums[j] += factor * right.get(t, j);
        }
      }
      for (int j = 0; j < line.length; j++) {
        line[j] = (float) sums[j];
      }
      return line;
    }
  }
}
