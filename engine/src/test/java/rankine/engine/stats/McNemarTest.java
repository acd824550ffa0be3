package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class McNemarTest {

  /**
   * Table 1 of Fagerland, Lydersen and Laake (2013), data of Bentur et al.: p 0.070, mid-p 0.039.
   */
  @Test
  void publishedExample() {
    McNemar test = McNemar.of(1, 7);
    assertEquals(18 / 256.0, test.pValue(), 1e-15);
    assertEquals(10 / 256.0, test.midPValue(), 1e-15);
  }

  @Test
  void everySmallTableAgainstIntegerArithmetic() {
    for (int n = 1; n <= 150; n++) {
      BigInteger ways = BigInteger.ONE;
      BigInteger atMost = BigInteger.ZERO;
      for (int k = 0; k <= n / 2; k++) {
        atMost = atMost.add(ways);
        check(n, k, ways, atMost);
        ways = next(ways, n, k);
      }
    }
  }

  @Test
  void largeTablesAgainstIntegerArithmetic() {
    Random random = new Random(11);
    for (int n : new int[] {1_000, 3_001, 6_000}) {
      int target = n / 2 - random.nextInt(n / 10);
      BigInteger ways = BigInteger.ONE;
      BigInteger atMost = ways;
      for (int k = 0; k < target; k++) {
        ways = next(ways, n, k);
        atMost = atMost.add(ways);
      }
      check(n, target, ways, atMost);
    }
  }

  /** C(n, k + 1) from C(n, k). */
  private static BigInteger next(BigInteger ways, int n, int k) {
    return ways.multiply(BigInteger.valueOf(n - k)).divide(BigInteger.valueOf(k + 1));
  }

  private static void check(int n, int k, BigInteger ways, BigInteger atMost) {
    BigInteger all = BigInteger.ONE.shiftLeft(n);
    boolean middle = 2 * k == n;
    double exact = ratio(atMost.shiftLeft(1).min(all), all);
    double mid =
        middle
            ? ratio(all.shiftLeft(1).subtract(ways), all.shiftLeft(1))
            : ratio(atMost.shiftLeft(1).subtract(ways), all);
    McNemar test = McNemar.of(k, n - k);
    String table = k + " of " + n;
    assertEquals(exact, test.pValue(), 1e-10 * exact, table);
    assertEquals(mid, test.midPValue(), 1e-10 * mid, table);
    assertTrue(test.midPValue() <= test.pValue() && test.pValue() <= 1, table);
    McNemar swapped = McNemar.of(n - k, k);
    assertEquals(test.pValue(), swapped.pValue(), table);
    assertEquals(test.midPValue(), swapped.midPValue(), table);
  }

  private static double ratio(BigInteger part, BigInteger all) {
    return new BigDecimal(part).divide(new BigDecimal(all), MathContext.DECIMAL128).doubleValue();
  }

  @Test
  void noDiscordantExamples() {
    assertEquals(new McNemar(0, 0, 1, 1), McNemar.of(0, 0));
  }

  /** A tail below the smallest double is 0, never NaN; the largest counts work too. */
  @Test
  void extremes() {
    assertEquals(Math.scalb(1.0, -999), McNemar.of(1000, 0).pValue(), 1e-10 * 0x1p-999);
    assertEquals(0, McNemar.of(0, 1_000_000).pValue());
    assertEquals(0, McNemar.of(0, 1_000_000).midPValue());
    assertEquals(1, McNemar.of(1 << 30, (1 << 30) - 1).pValue(), 1e-6);
    assertEquals(1, McNemar.of(1 << 29, 1 << 29).pValue());
  }

  @Test
  void rejectsImpossibleCounts() {
    for (int[] counts : new int[][] {{-1, 2}, {2, -1}, {Integer.MAX_VALUE, 1}}) {
      String message =
          assertThrows(RunException.class, () -> McNemar.of(counts[0], counts[1])).getMessage();
      assertTrue(message.contains("found " + counts[0] + " and " + counts[1]), message);
    }
  }

  @Test
  void json() {
    assertEquals(
        "{\"only_first\":1,\"only_second\":1,\"p_value\":1.0,\"mid_p_value\":0.75}",
        McNemar.of(1, 1).toJson().toString());
  }
}
