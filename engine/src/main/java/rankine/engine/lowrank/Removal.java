package rankine.engine.lowrank;

import rankine.common.EditException;

/** How much of a matrix an edit removes. */
public sealed interface Removal permits PruningRate, ParameterRatio, KeptRank {
  /**
   * Parses a pruning rate such as {@code 0.95}, {@code ratio=0.2}, {@code ratio=0.2x8} (ranks
   * rounded up to multiples of 8) or {@code rank=17}.
   *
   * @throws EditException for any other text
   */
  static Removal parse(String text) {
    if (text.startsWith(ParameterRatio.PREFIX)) {
      return ParameterRatio.parse(text.substring(ParameterRatio.PREFIX.length()));
    }
    if (text.startsWith(KeptRank.PREFIX)) {
      return KeptRank.parse(text.substring(KeptRank.PREFIX.length()));
    }
    return PruningRate.parse(text);
  }

  /** Returns the rank that remains of a matrix [rows, cols]; 0 gives the zero matrix. */
  int rank(int rows, int cols);

  /** Returns how many elements of a matrix [rows, cols] magnitude pruning removes. */
  long removed(int rows, int cols);

  /** Returns whether nothing is removed: the matrix stays unchanged, bit for bit. */
  boolean isZero();
}
