package rankine.engine.stats;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.IntervalUtils;

/**
 * Wilson's score interval of a proportion.
 *
 * @param lower in [0, 1]
 * @param upper in [0, 1]
 * @param level the confidence level, such as 0.95
 */
public record WilsonInterval(double lower, double upper, double level) {

  /**
   * The 95 % interval of {@code successes} of {@code trials}.
   *
   * @throws IllegalArgumentException if there are no trials, or more successes than trials
   */
  public static WilsonInterval of95(int successes, int trials) {
    double level = 0.95;
    ConfidenceInterval interval = IntervalUtils.getWilsonScoreInterval(trials, successes, level);
    // At 0 and at n successes one end is exactly 0 or 1 but for rounding.
    double lower = successes == 0 ? 0 : Math.max(0, interval.getLowerBound());
    double upper = successes == trials ? 1 : Math.min(1, interval.getUpperBound());
    return new WilsonInterval(lower, upper, level);
  }
}
