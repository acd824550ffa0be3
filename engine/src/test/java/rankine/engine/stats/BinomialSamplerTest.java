package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BinomialSamplerTest {

  /**
   * Kolmogorov-Smirnov test: the largest distance between the two cumulative distributions exceeds
   * 1.95 / √draws for at most one of 1,000 samples of a correct sampler.
   */
  @Test
  void followsTheDistribution() {
    RandomGenerator random = new MersenneTwister(3);
    int draws = 10_000;
    for (int n : new int[] {1, 7, 24, 25, 26, 50, 333, 1000}) {
      for (double p : new double[] {0.002, 0.07, 0.5, 0.71, 0.998}) {
        int[] seen = new int[n + 1];
        for (int i = 0; i < draws; i++) {
          seen[BinomialSampler.draw(random, n, p)]++;
        }
        BinomialDistribution expected = new BinomialDistribution(null, n, p);
        int atMost = 0;
        double maxDistance = 0;
        for (int k = 0; k <= n; k++) {
          atMost += seen[k];
          double distance = Math.abs((double) atMost / draws - expected.cumulativeProbability(k));
          maxDistance = Math.max(maxDistance, distance);
        }
        assertTrue(
            maxDistance < 1.95 / Math.sqrt(draws), "n %d p %s: %s".formatted(n, p, maxDistance));
      }
    }
  }

  @Test
  void meanAndVarianceOfManyTrials() {
    RandomGenerator random = new MersenneTwister(4);
    int n = 2_000_000;
    double p = 0.3;
    int draws = 4_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double deviation = BinomialSampler.draw(random, n, p) - n * p;
      sum += deviation;
      squares += deviation * deviation;
    }
    double variance = n * p * (1 - p);
    // Four standard errors each.
    assertEquals(0, sum / draws, 4 * Math.sqrt(variance / draws));
    assertEquals(1, squares / draws / variance, 4 * Math.sqrt(2.0 / draws));
  }

  @Test
  void certainOutcomesTakeNoDraw() {
    RandomGenerator random = new MersenneTwister(1);
    double next = new MersenneTwister(1).nextDouble();
    for (int n : new int[] {0, 1, 1000, Integer.MAX_VALUE}) {
      assertEquals(0, BinomialSampler.draw(random, n, 0));
      assertEquals(n, BinomialSampler.draw(random, n, 1));
    }
    assertEquals(next, random.nextDouble());
  }
}
