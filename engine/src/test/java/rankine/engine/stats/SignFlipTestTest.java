package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class SignFlipTestTest {
  /** Fisher's own example, Darwin's maize: The Design of Experiments, section 21. */
  private static final double[] DARWIN = {
    49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48
  };

  private static double[] scaled(double factor, double... values) {
    return Arrays.stream(values).map(value -> factor * value).toArray();
  }

  @Test
  void countsEveryPatternOfFewDifferences() {
    assertEquals(2 / 8.0, SignFlipTest.of(new double[] {1, 2, 3}, 0).pValue());
    // |±1 ± 2 ± 3| reaches |1 + 2 − 3| = 0 always.
    assertEquals(1, SignFlipTest.of(new double[] {1, 2, -3}, 0).pValue());
    // 4 of 8: +++, ++− and their opposites.
    assertEquals(4 / 8.0, SignFlipTest.of(new double[] {5, 2, -1}, 0).pValue());
    assertTrue(SignFlipTest.of(new double[] {5, 2, -1}, 0).exact());
    assertEquals(1, SignFlipTest.of(new double[] {0, 0}, 0).pValue());
  }

  /** Fisher counts 863 of 32,768 patterns with a sum of 314 or more: p = 0.0527 two-sided. */
  @Test
  void agreesWithFisher() {
    SignFlipTest test = SignFlipTest.of(DARWIN, 1);
    assertFalse(test.exact());
    assertEquals(2 * 863 / 32768.0, test.pValue(), 3 * Math.sqrt(0.0527 * 0.9473 / 10_000));
  }

  @Test
  void signAndUnitDoNotMatter() {
    for (double[] values : new double[][] {{0.1, 0.2, 0.3, -0.05}, DARWIN}) {
      double expected = SignFlipTest.of(values, 3).pValue();
      assertEquals(expected, SignFlipTest.of(scaled(-1, values), 3).pValue());
      assertEquals(expected, SignFlipTest.of(scaled(1e-9 / 3, values), 3).pValue());
    }
  }

  /** For many differences the sum's distribution is nearly normal with variance Σ d². */
  @Test
  void agreesWithTheNormalLimit() {
    Random random = new Random(5);
    double[] values = random.doubles(200, -1, 1.1).toArray();
    double sum = Arrays.stream(values).sum();
    double deviation = Math.sqrt(Arrays.stream(values).map(d -> d * d).sum());
    double expected =
        2 * new NormalDistribution().cumulativeProbability(-Math.abs(sum) / deviation);
    assertTrue(expected > 0.01 && expected < 0.5, "p of the example: " + expected);
    double error = 4 * Math.sqrt(expected * (1 - expected) / 10_000);
    assertEquals(expected, SignFlipTest.of(values, 0).pValue(), error);
  }

  @Test
  void refusesNothingAndInfinity() {
    assertThrows(RunException.class, () -> SignFlipTest.of(new double[0], 0));
    assertThrows(
        RunException.class, () -> SignFlipTest.of(new double[] {Double.POSITIVE_INFINITY}, 0));
  }
}
