package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.random.RandomGenerator;
import rankine.common.RunException;

/**
 * The bootstrap of a ratio of sums over blocks, e.g. of the negative log-likelihood per token over
 * the windows of a text: tokens of a window depend on each other, so whole windows are resampled
 * with replacement (a block bootstrap: Davison and Hinkley, Bootstrap Methods and their
 * Application, 1997, section 8.2.3). The interval is the middle 95 % of the resampled ratios.
 *
 * @param blocks number of blocks; with one, the interval has zero width, which says nothing
 * @param interval of the ratio
 * @param seed of the 32-bit Mersenne Twister: the same blocks and seed give the same bits
 *     everywhere
 */
public record RatioBootstrap(int blocks, Interval interval, int resamples, long seed) {
  private static final int RESAMPLES = 10_000;

  /**
   * Bounds the time: at most this many blocks are drawn in all, but never fewer than 999 resamples.
   */
  private static final long MAX_DRAWS = 100_000_000;

  private static final int MIN_RESAMPLES = 999;

  /**
   * Computes the 95 % interval of {@code sum(numerators) / sum(denominators)}.
   *
   * @param numerators finite, one per block
   * @param denominators positive, one per block
   * @throws RunException if there are no blocks, or the lengths differ
   */
  public static RatioBootstrap of95(double[] numerators, double[] denominators, long seed) {
    int n = numerators.length;
    if (n == 0 || denominators.length != n) {
      throw new RunException(
          "bootstrap: expected at least one block and as many numerators as denominators, found %d"
                  .formatted(n)
              + " and "
              + denominators.length);
    }
    int resamples = Math.clamp(MAX_DRAWS / n, MIN_RESAMPLES, RESAMPLES);
    RandomGenerator random = new MersenneTwister(seed);
    double[] ratios = new double[resamples];
    for (int b = 0; b < resamples; b++) {
      double numerator = 0;
      double denominator = 0;
      for (int i = 0; i < n; i++) {
        int block = random.nextInt(n);
        numerator += numerators[block];
        denominator += denominators[block];
      }
      ratios[b] = numerator / denominator;
    }
    Arrays.sort(ratios);
    int rank = (resamples + 1) / 40; // the k-th from either end, k = ⌊(resamples + 1)·0.025⌋
    return new RatioBootstrap(
        n,
        new Interval("block bootstrap", 0.95, ratios[rank - 1], ratios[resamples - rank]),
        resamples,
        seed);
  }

  /** Returns the interval of an increasing function of the ratio. */
  public RatioBootstrap mapped(DoubleUnaryOperator increasing) {
    return new RatioBootstrap(
        blocks,
        new Interval(
            interval.method(),
            interval.level(),
            increasing.applyAsDouble(interval.lower()),
            increasing.applyAsDouble(interval.upper())),
        resamples,
        seed);
  }

  /** Keys of the interval, {@code blocks}, {@code resamples}, {@code seed}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.setAll(interval.toJson());
    return json.put("blocks", blocks).put("resamples", resamples).put("seed", seed);
  }
}
