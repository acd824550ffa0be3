package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class IntervalTest {

  /** The closed form, with z = 1.959963984540054. */
  @Test
  void matchesTheClosedForm() {
    Random random = new Random(7);
    double z = 1.959963984540054;
    for (int i = 0; i < 500; i++) {
      int n = 1 + random.nextInt(2000);
      int k = random.nextInt(n + 1);
      double p = (double) k / n;
      double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
      double half = z * Math.sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)) / (1 + z * z / n);
      Interval interval = Interval.wilson95(k, n);
      assertEquals(centre - half, interval.lower(), 1e-9);
      assertEquals(centre + half, interval.upper(), 1e-9);
      assertTrue(interval.lower() >= 0 && interval.upper() <= 1);
      assertTrue(interval.lower() <= p && p <= interval.upper());
    }
  }

  @Test
  void publishedValues() {
    Interval eightOfTen = Interval.wilson95(8, 10);
    assertEquals(0.4901625, eightOfTen.lower(), 1e-6);
    assertEquals(0.9433178, eightOfTen.upper(), 1e-6);
    Interval noneOfTen = Interval.wilson95(0, 10);
    assertEquals(0, noneOfTen.lower());
    assertEquals(0.2775328, noneOfTen.upper(), 1e-6);
    assertEquals(1, Interval.wilson95(10, 10).upper());
  }

  @Test
  void rejectsImpossibleCounts() {
    assertThrows(IllegalArgumentException.class, () -> Interval.wilson95(0, 0));
    assertThrows(IllegalArgumentException.class, () -> Interval.wilson95(3, 2));
  }
}
