package rankine.engine.stats;

import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.RandomGenerator;

/** Draws from a binomial distribution in O(log n) time. */
final class BinomialSampler {
  /**
   * Up to this many trials are drawn one by one: cheaper than one draw from a beta distribution.
   */
  private static final int MAX_DIRECT_TRIALS = 24;

  private BinomialSampler() {}

  /**
   * Draws the number of successes in {@code n} trials of probability {@code p}: how many of n
   * independent uniform numbers in [0, 1) are below p. Their median order statistic is beta
   * distributed; the numbers on its far side from p need no draw (Devroye, Non-Uniform Random
   * Variate Generation, 1986, X.4.3).
   *
   * @param n 0 or more
   * @param p at most 0 gives 0, at least 1 gives n
   */
  static int draw(RandomGenerator random, int n, double p) {
    int remaining = n;
    int successes = 0;
    double probability = p;
    while (remaining > MAX_DIRECT_TRIALS && probability > 0 && probability < 1) {
      int rank = remaining / 2 + 1;
      double value = new BetaDistribution(random, rank, remaining + 1 - rank).sample();
      if (value <= probability) {
        successes += rank;
        remaining -= rank;
        probability = (probability - value) / (1 - value);
      } else {
        remaining = rank - 1;
        probability /= value;
      }
    }
    if (probability <= 0) {
      return successes;
    }
    if (probability >= 1) {
      return successes + remaining;
    }
    for (int i = 0; i < remaining; i++) {
      if (random.nextDouble() < probability) {
        successes++;
      }
    }
    return successes;
  }
}
