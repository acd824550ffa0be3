package rankine.engine.profile;

import rankine.engine.edit.Replacement;
import rankine.kernels.Matrix;

/**
 * The error of an edited matrix, summed element by element in float64. Frobenius norms.
 *
 * @param original {@code ‖W‖²}
 * @param edited {@code ‖W'‖²}
 * @param difference {@code ‖W − W'‖²}
 */
record MatrixError(double original, double edited, double difference) {
  /** Reads square tiles, so that a column-contiguous matrix stays in the cache too. */
  private static final int TILE = 64;

  private interface Elements {
    double at(int row, int col);
  }

  /** Computes the error of a replacement of {@code w}. */
  static MatrixError of(Matrix w, Replacement replacement) {
    return switch (replacement) {
      case Replacement.Dense(Matrix edited) -> of(w, edited::get);
      case Replacement.FactorPair(Matrix left, Matrix right) ->
          of(
              w,
              (r, c) -> {
                double sum = 0;
                for (int k = 0; k < left.cols(); k++) {
                  sum += (double) left.get(r, k) * right.get(k, c);
                }
                return sum;
              });
    };
  }

  private static MatrixError of(Matrix w, Elements other) {
    double original = 0;
    double edited = 0;
    double difference = 0;
    for (int top = 0; top < w.rows(); top += TILE) {
      for (int left = 0; left < w.cols(); left += TILE) {
        for (int r = top; r < Math.min(w.rows(), top + TILE); r++) {
          for (int c = left; c < Math.min(w.cols(), left + TILE); c++) {
            double a = w.get(r, c);
            double b = other.at(r, c);
            original += a * a;
            edited += b * b;
            difference += (a - b) * (a - b);
          }
        }
      }
    }
    return new MatrixError(original, edited, difference);
  }

  /** Returns {@code ‖W − W'‖ / ‖W‖}; 0 for the zero matrix. */
  double relativeError() {
    return relative(difference, original);
  }

  /** Returns {@code ‖W'‖² / ‖W‖²}; 1 for the zero matrix. */
  double energy() {
    return original == 0 ? 1 : edited / original;
  }

  /** Returns √(part / whole); 0 if {@code whole} is 0. */
  static double relative(double part, double whole) {
    return whole == 0 ? 0 : Math.sqrt(part / whole);
  }
}
