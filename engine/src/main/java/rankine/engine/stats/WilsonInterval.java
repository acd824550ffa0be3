package rankine.engine.stats;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.IntervalUtils;

/**
 * Wilson's score interval of a binomial proportion.
 *
 * @param lower in [0, 1]
 * @param upper in [0, 1]
 * @param level the confidence level, such as 0.95
 */
public record WilsonInterval(double lower, double upper, double level) {

  /**
   * Computes the 95 % interval of {@code successes} in {@code trials}.
   *
   * @throws IllegalArgumentException if there are no trials, or more successes than trials
   */
  public static WilsonInterval of95(int successes, int trials) {
    double level = 0.95;
    ConfidenceInterval interval = IntervalUtils.getWilsonScoreInterval(trials, successes, level);
    // With 0 or n successes one end is exactly 0 or 1; rounding would move it.
    double lower = successes == 0 ? 0 : Math.max(0, interval.getLowerBound());
    double upper = successes == trials ? 1 : Math.min(1, interval.getUpperBound());
    return new WilsonInterval(lower, upper, level);
  }
}
