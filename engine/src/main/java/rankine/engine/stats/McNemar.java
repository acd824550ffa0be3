package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.special.Beta;
import rankine.common.RunException;

/**
 * McNemar's test of equal accuracy of two runs on the same examples (Psychometrika 12, 1947), in
 * its exact conditional form: of the examples that exactly one run has right, the number that the
 * first has right is binomial with probability 1/2 if neither run is better. Two-sided by doubling
 * the smaller tail, at most 1.
 *
 * @param onlyFirst examples that only the first run has right
 * @param onlySecond examples that only the second run has right
 * @param pValue exact, in [0, 1]; 1 if no example tells the runs apart; 0 only where the true value
 *     is below the smallest double
 * @param midPValue the mid-p variant (Fagerland, Lydersen and Laake, BMC Medical Research
 *     Methodology 13:91, 2013): half of the observed outcome's probability is left out of each
 *     tail. Less conservative than the exact one, but without its guarantee
 */
public record McNemar(int onlyFirst, int onlySecond, double pValue, double midPValue) {

  /**
   * The test of two discordant counts.
   *
   * @throws RunException if a count is negative or their sum is above 2³¹ − 1
   */
  public static McNemar of(int onlyFirst, int onlySecond) {
    long discordant = (long) onlyFirst + onlySecond;
    if (onlyFirst < 0 || onlySecond < 0 || discordant > Integer.MAX_VALUE) {
      throw new RunException(
          "McNemar's test: expected two counts of 0 or more with a sum of at most %d, found %d and %d"
              .formatted(Integer.MAX_VALUE, onlyFirst, onlySecond));
    }
    if (discordant == 0) {
      return new McNemar(0, 0, 1, 1);
    }
    int n = (int) discordant;
    int fewer = Math.min(onlyFirst, onlySecond);
    double observed = new BinomialDistribution(null, n, 0.5).probability(fewer);
    if (onlyFirst == onlySecond) {
      return new McNemar(onlyFirst, onlySecond, 1, 1 - observed / 2);
    }
    double p = Math.min(1, 2 * lowerTail(n, fewer));
    return new McNemar(onlyFirst, onlySecond, p, Math.max(0, p - observed));
  }

  /**
   * P(X ≤ k) of a fair binomial with k < n/2, through the incomplete beta function (Abramowitz and
   * Stegun 26.5.24). BinomialDistribution takes 1 − P(X > k) instead, which loses all digits of a
   * small tail; BinomialTest compares two equal probabilities after rounding, and may drop one.
   */
  private static double lowerTail(int n, int k) {
    return Beta.regularizedBeta(0.5, n - k, k + 1.0);
  }

  /** Keys {@code only_first}, {@code only_second}, {@code p_value}, {@code mid_p_value}. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("only_first", onlyFirst)
        .put("only_second", onlySecond)
        .put("p_value", pValue)
        .put("mid_p_value", midPValue);
  }
}
