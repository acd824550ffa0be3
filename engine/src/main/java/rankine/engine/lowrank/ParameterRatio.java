package rankine.engine.lowrank;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.EditException;

/**
 * The fraction R of a matrix's parameters that is removed, as SVD-LLM (arXiv 2403.07378) counts it:
 * two factors of rank k have k (m + n) parameters, so {@code k = floor(m n (1 − R) / (m + n))}, at
 * least 1, in exact arithmetic; binary floating point gives another rank for some sizes.
 *
 * @param ratio in [0, 1); the rounding and the multiple make the fraction really removed differ
 * @param multiple ranks are rounded up to a multiple of it, but not above min(m, n)
 */
public record ParameterRatio(BigDecimal ratio, int multiple) implements Removal {
  static final String PREFIX = "ratio=";

  private static final Pattern FORM = Pattern.compile("([^x]*)(?:x([0-9]{1,5}))?");

  /** Checks the ranges. */
  public ParameterRatio {
    ratio = new PruningRate(ratio).value(); // the same range and normal form
    if (multiple < 1) {
      throw new EditException("rank multiple: expected at least 1, found " + multiple);
    }
  }

  /**
   * Parses {@code 0.2} or {@code 0.2x8}.
   *
   * @throws EditException for another form
   */
  public static ParameterRatio parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new EditException("ratio: expected a form such as 0.2 or 0.2x8, found '" + text + "'");
    }
    return new ParameterRatio(
        PruningRate.parse(form.group(1)).value(),
        form.group(2) == null ? 1 : Integer.parseInt(form.group(2)));
  }

  @Override
  public int rank(int rows, int cols) {
    int rank =
        BigDecimal.ONE
            .subtract(ratio)
            .multiply(BigDecimal.valueOf((long) rows * cols))
            .divide(BigDecimal.valueOf((long) rows + cols), 0, RoundingMode.FLOOR)
            .intValueExact();
    int rounded = Math.ceilDiv(Math.max(1, rank), multiple) * multiple;
    return Math.min(rounded, Math.min(rows, cols));
  }

  @Override
  public long removed(int rows, int cols) {
    return new PruningRate(ratio).removed(rows, cols);
  }

  @Override
  public boolean isZero() {
    return ratio.signum() == 0;
  }

  /** Returns the form that {@link Removal#parse} reads. */
  @Override
  public String toString() {
    return PREFIX + ratio.toPlainString() + (multiple == 1 ? "" : "x" + multiple);
  }
}
