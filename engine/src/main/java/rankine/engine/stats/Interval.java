package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.IntervalUtils;

/**
 * A confidence interval, in the unit of the estimated quantity.
 *
 * @param method that computed it, such as {@code percentile}
 * @param level the confidence level, such as 0.95
 * @param lower finite
 * @param upper finite, not below {@code lower}
 */
public record Interval(String method, double level, double lower, double upper) {

  /**
   * Computes Wilson's 95 % score interval of a binomial proportion, in [0, 1].
   *
   * @throws IllegalArgumentException if there are no trials, or more successes than trials
   */
  public static Interval wilson95(int successes, int trials) {
    double level = 0.95;
    ConfidenceInterval interval = IntervalUtils.getWilsonScoreInterval(trials, successes, level);
    // With 0 or n successes one end is exactly 0 or 1; rounding would move it.
    double lower = successes == 0 ? 0 : Math.max(0, interval.getLowerBound());
    double upper = successes == trials ? 1 : Math.min(1, interval.getUpperBound());
    return new Interval("wilson", level, lower, upper);
  }

  /** Keys {@code method}, {@code level}, {@code lower}, {@code upper}. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("method", method)
        .put("level", level)
        .put("lower", lower)
        .put("upper", upper);
  }
}
