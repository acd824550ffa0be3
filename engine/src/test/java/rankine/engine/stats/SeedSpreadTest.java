package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class SeedSpreadTest {

  /** Two-sided 95 % quantiles of Student's t by degrees of freedom, from published tables. */
  private static final Map<Integer, Double> T =
      Map.of(1, 12.7062047, 2, 4.3026527, 4, 2.7764451, 9, 2.2621572, 30, 2.0422725);

  /** 1 … n has mean (n + 1) / 2 and sample variance n·(n + 1) / 12. */
  @Test
  void firstNaturalNumbers() {
    T.forEach(
        (freedom, t) -> {
          int n = freedom + 1;
          double[] values = new double[n];
          Arrays.setAll(values, i -> n - i);
          SeedSpread spread = SeedSpread.of(values);
          double deviation = Math.sqrt(n * (n + 1) / 12.0);
          assertEquals(n, spread.seeds());
          assertEquals((n + 1) / 2.0, spread.mean(), 1e-12);
          assertEquals(1, spread.min());
          assertEquals(n, spread.max());
          assertEquals(deviation, spread.standardDeviation().orElseThrow(), 1e-12);
          Interval interval = spread.interval().orElseThrow();
          double half = t * deviation / Math.sqrt(n);
          assertEquals(spread.mean() - half, interval.lower(), 1e-6);
          assertEquals(spread.mean() + half, interval.upper(), 1e-6);
        });
  }

  @Test
  void oneSeedHasNoSpread() {
    SeedSpread spread = SeedSpread.of(0.7);
    assertTrue(spread.standardDeviation().isEmpty() && spread.interval().isEmpty());
    assertEquals("{\"seeds\":1,\"mean\":0.7,\"min\":0.7,\"max\":0.7}", spread.toJson().toString());
  }

  /** 0.1 has no exact double: rounding must not give seven of them a spread. */
  @Test
  void equalValuesHaveNoSpread() {
    SeedSpread spread = SeedSpread.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
    assertEquals(0.1, spread.mean());
    assertEquals(0, spread.standardDeviation().orElseThrow());
    assertEquals(new Interval("t", 0.95, 0.1, 0.1), spread.interval().orElseThrow());
  }

  @Test
  void json() {
    String json = SeedSpread.of(0.5, 0.75).toJson().toString();
    assertTrue(json.startsWith("{\"seeds\":2,\"mean\":0.625,\"min\":0.5,\"max\":0.75,"), json);
    assertTrue(json.contains("\"standard_deviation\":0.17677669529"), json);
    assertTrue(
        json.contains("\"interval\":{\"method\":\"t\",\"level\":0.95,\"lower\":-0.96"), json);
    assertFalse(json.contains("NaN"), json);
  }

  @Test
  void rejectsInvalidInput() {
    rejects("expected at least one value, found none");
    rejects("value 1: expected a finite number, found NaN", 1, Double.NaN);
    rejects("value 0: expected a finite number, found -Infinity", Double.NEGATIVE_INFINITY);
    rejects("found -1.0E308 to 1.0E308", -1e308, 1e308);
  }

  private static void rejects(String expected, double... values) {
    String message = assertThrows(RunException.class, () -> SeedSpread.of(values)).getMessage();
    assertTrue(message.contains(expected), message);
  }
}
