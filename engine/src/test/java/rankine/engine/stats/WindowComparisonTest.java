package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class WindowComparisonTest {
  private static final double[] PLAIN = {10, 20, 30, 9};
  private static final double[] PRUNED = {9, 19.5, 28, 8.5};
  private static final int[] SCORED = {5, 5, 5, 2};

  @Test
  void comparesMeansPerToken() {
    WindowComparison found = WindowComparison.of(PLAIN, PRUNED, SCORED, 7);
    assertEquals(69 / 17.0, found.first(), 1e-12);
    assertEquals(65 / 17.0, found.second(), 1e-12);
    assertEquals(-4 / 17.0, found.difference(), 1e-12);
    assertTrue(found.secondIsBetter());
    assertEquals(4, found.n());
    assertEquals(2 / 16.0, found.pValue(), "all four differences have one sign");
    // The value that a choice maximizes is minus the likelihood: the interval is above 0.
    assertTrue(found.interval().lower() > 0);
    assertTrue(found.interval().lower() < 4 / 17.0 && found.interval().upper() > 4 / 17.0);
    assertEquals(found.pValue(), WindowComparison.pValue(PLAIN, PRUNED, 7));
  }

  @Test
  void exchangedRunsAreMirrored() {
    WindowComparison there = WindowComparison.of(PLAIN, PRUNED, SCORED, 7);
    WindowComparison back = WindowComparison.of(PRUNED, PLAIN, SCORED, 7);
    assertFalse(back.secondIsBetter());
    assertEquals(there.pValue(), back.pValue());
    assertEquals(there.interval().lower(), -back.interval().upper(), 0.02);
  }

  @Test
  void refusesRunsOfDifferentWindows() {
    assertThrows(RunException.class, () -> WindowComparison.of(PLAIN, new double[] {1}, SCORED, 0));
  }
}
