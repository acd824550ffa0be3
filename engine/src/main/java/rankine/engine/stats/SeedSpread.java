package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import rankine.common.RunException;

/**
 * The variation of a metric over seeds, that is over choices of demonstrations. The confidence
 * interval of one run does not cover it.
 *
 * @param seeds number of seeds, one value each
 * @param mean of the values
 * @param min the smallest
 * @param max the largest
 * @param standardDeviation of the sample (divisor: seeds − 1); absent for one seed, and where seeds
 *     have the same prompts
 * @param interval 95 % interval of the mean by Student's t, with seeds − 1 degrees of freedom;
 *     absent likewise. It assumes normal values: with few seeds it is wide, and may exceed the
 *     metric's range
 */
public record SeedSpread(
    int seeds,
    double mean,
    double min,
    double max,
    OptionalDouble standardDeviation,
    Optional<Interval> interval) {
  private static final double LEVEL = 0.95;

  /**
   * Computes the spread of one value per seed.
   *
   * @throws RunException if there is no value, or a value or the spread is not finite
   */
  public static SeedSpread of(double... values) {
    if (values.length == 0) {
      throw new RunException("spread over seeds: expected at least one value, found none");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new RunException(
            "spread over seeds: value %d: expected a finite number, found %s"
                .formatted(i, values[i]));
      }
    }
    DescriptiveStatistics statistics = new DescriptiveStatistics(values);
    int n = values.length;
    double min = statistics.getMin();
    double max = statistics.getMax();
    // Rounding must not give equal values a spread, nor put the mean outside [min, max].
    double mean = Math.clamp(statistics.getMean(), min, max);
    if (n == 1) {
      return new SeedSpread(n, mean, min, max, OptionalDouble.empty(), Optional.empty());
    }
    double deviation = min == max ? 0 : statistics.getStandardDeviation();
    double quantile = new TDistribution(null, n - 1).inverseCumulativeProbability((1 + LEVEL) / 2);
    double half = quantile * deviation / Math.sqrt(n);
    Interval interval = new Interval("t", LEVEL, mean - half, mean + half);
    if (!Double.isFinite(interval.lower()) || !Double.isFinite(interval.upper())) {
      throw new RunException(
          "spread over seeds: expected values whose squares are finite, found %s to %s"
              .formatted(min, max));
    }
    return new SeedSpread(n, mean, min, max, OptionalDouble.of(deviation), Optional.of(interval));
  }

  /**
   * Returns the same for seeds of which some have the same prompts: they are no independent
   * measurements, so nothing is said of their deviation.
   */
  public SeedSpread alike() {
    return new SeedSpread(seeds, mean, min, max, OptionalDouble.empty(), Optional.empty());
  }

  /**
   * Keys {@code seeds}, {@code mean}, {@code min}, {@code max}, and, where present, {@code
   * standard_deviation} and {@code interval}.
   */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seeds", seeds).put("mean", mean).put("min", min).put("max", max);
    standardDeviation.ifPresent(value -> json.put("standard_deviation", value));
    interval.ifPresent(value -> json.set("interval", value.toJson()));
    return json;
  }
}
