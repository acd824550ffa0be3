package rankine.engine.lowrank;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import rankine.common.EditException;

/**
 * The fraction ξ of the rank that is removed, in [0, 1); the paper's term is "clipping rate". It is
 * stored as the decimal number the user wrote, because in binary floating point a value such as (1
 * - 0.9) · 4096 can fall on the wrong side of an integer.
 *
 * @param value without trailing zeros, so that 0.5 and 0.50 are equal
 */
public record PruningRate(BigDecimal value) implements Removal, Comparable<PruningRate> {
  /** Removes nothing. */
  public static final PruningRate ZERO = new PruningRate(BigDecimal.ZERO);

  private static final Pattern DECIMAL = Pattern.compile("[0-9]{0,3}(\\.[0-9]{0,18})?");
  private static final int MAX_DIGITS = 18;

  /** Checks the range. */
  public PruningRate {
    if (value.signum() < 0 || value.compareTo(BigDecimal.ONE) >= 0 || value.scale() > MAX_DIGITS) {
      throw invalid(value.precision() > 40 ? "a number of many digits" : value.toString());
    }
    value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
  }

  /**
   * Parses a plain decimal number such as {@code 0.995}.
   *
   * @throws EditException if it is not such a number, or outside [0, 1)
   */
  public static PruningRate parse(String text) {
    if (text.length() > 40
        || !DECIMAL.matcher(text).matches()
        || text.isEmpty()
        || text.equals(".")) {
      String found = text.length() > 40 ? text.substring(0, 40) + "…" : text;
      throw invalid(found.isEmpty() ? "nothing" : found.replaceAll("\\p{Cntrl}", "?"));
    }
    return new PruningRate(new BigDecimal(text));
  }

  private static EditException invalid(String found) {
    return new EditException(
        "rate: expected a decimal number from 0 up to, not including, 1, of at most %d decimals, found %s"
            .formatted(MAX_DIGITS, found));
  }

  /**
   * Returns the rank that remains of a matrix [rows, cols]: {@code floor((1 - ξ) · min(rows,
   * cols))} in exact arithmetic; 0 if the product is below one.
   */
  @Override
  public int rank(int rows, int cols) {
    return BigDecimal.ONE
        .subtract(value)
        .multiply(BigDecimal.valueOf(Math.min(rows, cols)))
        .setScale(0, RoundingMode.FLOOR)
        .intValueExact();
  }

  @Override
  public boolean isZero() {
    return value.signum() == 0;
  }

  /** Returns {@code floor(ξ · rows · cols)}, exactly. */
  @Override
  public long removed(int rows, int cols) {
    return value
        .multiply(BigDecimal.valueOf((long) rows * cols))
        .setScale(0, RoundingMode.FLOOR)
        .longValueExact();
  }

  @Override
  public int compareTo(PruningRate other) {
    return value.compareTo(other.value);
  }

  /** Returns the plain decimal number, such as {@code 0.995}. */
  @Override
  public String toString() {
    return value.toPlainString();
  }
}
