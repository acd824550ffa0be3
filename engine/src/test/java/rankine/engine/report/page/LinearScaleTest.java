package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearScaleTest {
  @Test
  void ticksAreRoundAndFewAndWithinTheScale() {
    assertEquals("0.40 0.50 0.60 0.70", joined(new LinearScale(0.36, 0.74, 0, 1).ticks(5)));
    assertEquals("0.00 0.20 0.40 0.60 0.80 1.00", joined(new LinearScale(0, 1, 0, 1).ticks(6)));
    Random random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      double low = random.nextDouble();
      double high = low + 0.01 + random.nextDouble();
      List<Double> ticks = new LinearScale(low, high, 0, 1).ticks(5);
      assertTrue(ticks.size() >= 1 && ticks.size() <= 5, low + " " + high + " " + ticks);
      assertTrue(ticks.getFirst() >= low - 1e-9 && ticks.getLast() <= high + 1e-9);
    }
  }

  private static String joined(List<Double> ticks) {
    return String.join(" ", ticks.stream().map("%.2f"::formatted).toList());
  }

  @Test
  void coordinatesMayDescend() {
    LinearScale scale = new LinearScale(0.5, 1, 100, 0);
    assertEquals(100, scale.at(0.5));
    assertEquals(0, scale.at(1));
    assertEquals(50, scale.at(0.75));
  }
}
