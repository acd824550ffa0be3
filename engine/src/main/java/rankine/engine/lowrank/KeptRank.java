package rankine.engine.lowrank;

import java.util.regex.Pattern;
import rankine.common.EditException;

/**
 * The rank that remains, given as such.
 *
 * @param rank at least 1; above min(m, n) it means min(m, n)
 */
public record KeptRank(int rank) implements Removal {
  static final String PREFIX = "rank=";

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

  /** Checks the range. */
  public KeptRank {
    if (rank < 1) {
      throw new EditException("rank: expected at least 1, found " + rank);
    }
  }

  /**
   * Parses a rank.
   *
   * @throws EditException if it is no whole number of at least 1
   */
  static KeptRank parse(String text) {
    if (!DIGITS.matcher(text).matches()) {
      throw new EditException("rank: expected a whole number of at least 1, found '" + text + "'");
    }
    return new KeptRank(Integer.parseInt(text));
  }

  @Override
  public int rank(int rows, int cols) {
    return Math.min(rank, Math.min(rows, cols));
  }

  /** As many elements as the factors have fewer; none if they have as many. */
  @Override
  public long removed(int rows, int cols) {
    return Math.max(0, (long) rows * cols - rank(rows, cols) * ((long) rows + cols));
  }

  @Override
  public boolean isZero() {
    return false;
  }

  @Override
  public String toString() {
    return PREFIX + rank;
  }
}
