package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.random.RandomGenerator;
import rankine.common.RunException;

/**
 * The paired bootstrap. It resamples examples with replacement, both runs' scores of an example
 * together, and takes the middle 95 % of the differences between the mean scores (the percentile
 * interval: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
 *
 * <p>If the runs differ on no example, every resample is the same and the interval has zero width,
 * which says nothing about unseen examples. If they differ on few examples it is too narrow as
 * well.
 *
 * @param n number of examples
 * @param difference mean score of the second run minus that of the first
 * @param interval of the difference
 * @param resamples number of resamples
 * @param seed of the 32-bit Mersenne Twister (MT19937): the same scores, resamples and seed give
 *     the same bits everywhere
 */
public record PairedBootstrap(
    int n, double difference, Interval interval, int resamples, long seed) {
  public static final int DEFAULT_RESAMPLES = 10_000;

  /** Fewer resamples leave none outside the interval. */
  private static final int MIN_RESAMPLES = 39;

  /** Correct and incorrect have the three differences −1, 0 and 1. */
  private static final int MAX_MULTINOMIAL_VALUES = 3;

  /** Bounds memory: all resampled differences are kept for sorting. */
  private static final int MAX_RESAMPLES = 10_000_000;

  /**
   * Computes the 95 % interval, in O({@code resamples}·log n) time if the differences of the
   * examples' two scores take at most three values, as those of correct and incorrect do, else in
   * O({@code resamples}·n). Swapping the runs negates the interval exactly, unless the difference
   * is 0.
   *
   * @param first the first run's score of each example
   * @param second the second run's scores, of the same examples in the same order
   * @param resamples 39 to 10,000,000
   * @throws RunException if there are no scores, the lengths differ, a score is not finite, or
   *     their sum is not
   */
  public static PairedBootstrap of95(double[] first, double[] second, int resamples, long seed) {
    if (resamples < MIN_RESAMPLES || resamples > MAX_RESAMPLES) {
      throw new RunException(
          "bootstrap: resamples: expected %d to %d, found %d"
              .formatted(MIN_RESAMPLES, MAX_RESAMPLES, resamples));
    }
    double[] differences = differences(first, second);
    double sum = 0;
    for (double difference : differences) {
      sum += difference;
    }
    // Always puts the run with the higher mean second, so that swapping the runs negates exactly.
    if (sum < 0) {
      double[] negated = Arrays.stream(differences).map(difference -> 0 - difference).toArray();
      return ofDifferences(negated, resamples, seed).negated();
    }
    return ofDifferences(differences, resamples, seed);
  }

  private static PairedBootstrap ofDifferences(double[] differences, int resamples, long seed) {
    int n = differences.length;
    double[] values = Arrays.stream(differences).sorted().distinct().toArray();
    int[] counts = new int[values.length];
    for (double difference : differences) {
      counts[Arrays.binarySearch(values, difference)]++;
    }
    double sum = 0;
    for (int v = 0; v < values.length; v++) {
      sum += counts[v] * values[v];
    }
    RandomGenerator random = new MersenneTwister(seed);
    double[] sums =
        values.length <= MAX_MULTINOMIAL_VALUES
            ? multinomialSums(values, counts, n, resamples, random)
            : resampledSums(differences, resamples, random);
    Arrays.sort(sums);
    // The k-th from either end, k = ⌊(resamples + 1)·0.025⌋.
    int rank = (resamples + 1) / 40;
    Interval interval =
        new Interval("percentile", 0.95, sums[rank - 1] / n, sums[resamples - rank] / n);
    return new PairedBootstrap(n, sum / n, interval, resamples, seed);
  }

  private PairedBootstrap negated() {
    Interval mirrored =
        new Interval(
            interval.method(), interval.level(), 0 - interval.upper(), 0 - interval.lower());
    return new PairedBootstrap(n, 0 - difference, mirrored, resamples, seed);
  }

  private static double[] differences(double[] first, double[] second) {
    if (first.length == 0) {
      throw new RunException("bootstrap: expected at least one example, found none");
    }
    if (first.length != second.length) {
      throw new RunException(
          "bootstrap: expected as many scores in the second run as in the first, %d, found %d"
              .formatted(first.length, second.length));
    }
    double[] differences = new double[first.length];
    double maxDifference = 0;
    for (int i = 0; i < first.length; i++) {
      if (!Double.isFinite(first[i]) || !Double.isFinite(second[i])) {
        throw new RunException(
            "bootstrap: example %d: expected finite scores, found %s and %s"
                .formatted(i, first[i], second[i]));
      }
      differences[i] = second[i] - first[i];
      maxDifference = Math.max(maxDifference, Math.abs(differences[i]));
    }
    if (!Double.isFinite(maxDifference * first.length)) {
      throw new RunException(
          "bootstrap: expected differences with a finite sum, found one of " + maxDifference);
    }
    return differences;
  }

  /** Draws the counts of the values from their multinomial distribution, not example by example. */
  private static double[] multinomialSums(
      double[] values, int[] counts, int n, int resamples, RandomGenerator random) {
    double[] sums = new double[resamples];
    for (int b = 0; b < resamples; b++) {
      int drawsLeft = n;
      int examplesLeft = n;
      for (int v = 0; v < values.length; v++) {
        // The last value takes all remaining draws: its probability is exactly 1.
        int drawn = BinomialSampler.draw(random, drawsLeft, (double) counts[v] / examplesLeft);
        sums[b] += drawn * values[v];
        drawsLeft -= drawn;
        examplesLeft -= counts[v];
      }
    }
    return sums;
  }

  private static double[] resampledSums(
      double[] differences, int resamples, RandomGenerator random) {
    int n = differences.length;
    double[] sums = new double[resamples];
    for (int b = 0; b < resamples; b++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += differences[random.nextInt(n)];
      }
      sums[b] = sum;
    }
    return sums;
  }

  /** Keys {@code n}, {@code difference}, {@code interval}, {@code resamples}, {@code seed}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("n", n).put("difference", difference);
    json.set("interval", interval.toJson());
    json.put("resamples", resamples).put("seed", seed);
    return json;
  }
}
