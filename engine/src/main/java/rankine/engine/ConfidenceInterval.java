package rankine.engine;

import java.util.Locale;

/**
 * A confidence interval.
 *
 * @param lower bound; of a proportion in [0, 1]
 * @param upper bound
 * @param level the coverage, such as 0.95
 */
public record ConfidenceInterval(double lower, double upper, double level) {
  /** Returns the bounds with four decimals: {@code [0.9936, 1.0000]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "[%.4f, %.4f]", lower, upper);
  }
}
