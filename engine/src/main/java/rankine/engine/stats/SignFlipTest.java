package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.random.RandomGenerator;
import rankine.common.RunException;

/**
 * Fisher's randomization test of paired differences (The Design of Experiments, 1935, section 21):
 * if two runs are equally good, each difference is as likely to have the other sign. The p-value is
 * the share of sign patterns whose sum is at least as far from 0 as the one observed: of all 2ⁿ for
 * few differences, else of random ones with the observed pattern among them, which keeps the level
 * exact (Phipson and Smyth, 2010).
 *
 * @param pValue two-sided
 * @param patterns number of sign patterns, the observed one included
 * @param exact whether these are all
 * @param seed of the 32-bit Mersenne Twister, unused if {@code exact}
 */
public record SignFlipTest(double pValue, int patterns, boolean exact, long seed) {
  /** At most this many differences have all their patterns counted. */
  private static final int EXACT = 13;

  private static final int PATTERNS = 10_000;

  /** Sums no further apart, relative to the sum of the sizes, are equal but for rounding. */
  private static final double ROUNDING = 1e-12;

  /**
   * Tests differences.
   *
   * @param differences finite, one per pair
   * @throws RunException if there are none, or one is not finite
   */
  public static SignFlipTest of(double[] differences, long seed) {
    if (differences.length == 0) {
      throw new RunException("sign-flip test: expected at least one difference, found none");
    }
    double sum = 0;
    double sizes = 0;
    for (double difference : differences) {
      sum += difference;
      sizes += Math.abs(difference);
    }
    if (!Double.isFinite(sizes)) {
      throw new RunException(
          "sign-flip test: expected differences with a finite sum, found " + sizes);
    }
    double bar = Math.abs(sum) - ROUNDING * sizes;
    return differences.length <= EXACT
        ? exact(differences, bar, seed)
        : sampled(differences, bar, seed);
  }

  private static SignFlipTest exact(double[] differences, double bar, long seed) {
    int patterns = 1 << differences.length;
    int extreme = 0;
    for (int pattern = 0; pattern < patterns; pattern++) {
      double sum = 0;
      for (int i = 0; i < differences.length; i++) {
        sum += (pattern >> i & 1) == 0 ? differences[i] : -differences[i];
      }
      extreme += Math.abs(sum) >= bar ? 1 : 0;
    }
    return new SignFlipTest((double) extreme / patterns, patterns, true, seed);
  }

  private static SignFlipTest sampled(double[] differences, double bar, long seed) {
    RandomGenerator random = new MersenneTwister(seed);
    int extreme = 1; // the observed pattern
    for (int pattern = 1; pattern < PATTERNS; pattern++) {
      double sum = 0;
      int bits = 0;
      for (int i = 0; i < differences.length; i++) {
        bits = i % Integer.SIZE == 0 ? random.nextInt() : bits >>> 1;
        sum += (bits & 1) == 0 ? differences[i] : -differences[i];
      }
      extreme += Math.abs(sum) >= bar ? 1 : 0;
    }
    return new SignFlipTest((double) extreme / PATTERNS, PATTERNS, false, seed);
  }

  /** Keys {@code p_value}, {@code patterns}, {@code exact}, {@code seed}. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("p_value", pValue)
        .put("patterns", patterns)
        .put("exact", exact)
        .put("seed", seed);
  }
}
