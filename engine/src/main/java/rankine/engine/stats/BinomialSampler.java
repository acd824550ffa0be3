package rankine.engine.stats;

import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.RandomGenerator;

/** Random draws from a binomial distribution, in a time that grows with the logarithm of n. */
final class BinomialSampler {
  /** As many trials are drawn one by one: cheaper than a draw from a beta distribution. */
  private static final int FEW = 24;

  private BinomialSampler() {}

  /**
   * How many of {@code n} independent uniform numbers in [0, 1) are below {@code p}. The middle one
   * in order of size is beta distributed; those on the far side of it from p need not be drawn
   * (Devroye, Non-Uniform Random Variate Generation, 1986, X.4.3).
   *
   * @param n 0 or more
   * @param p at most 0 gives 0, at least 1 gives n
   */
  static int draw(RandomGenerator random, int n, double p) {
    int left = n;
    int below = 0;
    double share = p;
    while (left > FEW && share > 0 && share < 1) {
      int rank = left / 2 + 1;
      double value = new BetaDistribution(random, rank, left + 1 - rank).sample();
      if (value <= share) {
        below += rank;
        left -= rank;
        share = (share - value) / (1 - value);
      } else {
        left = rank - 1;
        share /= value;
      }
    }
    if (share <= 0) {
      return below;
    }
    if (share >= 1) {
      return below + left;
    }
    for (int i = 0; i < left; i++) {
      if (random.nextDouble() < share) {
        below++;
      }
    }
    return below;
  }
}
