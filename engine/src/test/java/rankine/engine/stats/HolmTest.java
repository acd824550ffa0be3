package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class HolmTest {

  @Test
  void workedByHand() {
    // Ascending: 0.005·4, 0.01·3, 0.03·2, and 0.04·1, raised to the value before it.
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02}, Holm.adjust(0.01, 0.04, 0.03, 0.005), 1e-15);
    assertArrayEquals(
        new double[] {0.062, 0.005, 0.062, 0.042, 0.028},
        Holm.adjust(0.042, 0.001, 0.031, 0.014, 0.007),
        1e-15);
    assertArrayEquals(new double[] {0.15, 0.15, 0.15}, Holm.adjust(0.05, 0.05, 0.05), 1e-15);
  }

  @Test
  void edges() {
    assertEquals(0, Holm.adjust().length);
    assertArrayEquals(new double[] {0.3}, Holm.adjust(0.3));
    assertArrayEquals(new double[] {1, 0, 1}, Holm.adjust(0.9, 0, 1));
  }

  /** An adjusted p-value is the smallest level at which Holm's sequential procedure rejects. */
  @Test
  void rejectsWhatTheSequentialProcedureRejects() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      double[] p = new double[1 + random.nextInt(12)];
      // Cubes, for some small values; rounded, for ties.
      Arrays.setAll(p, i -> Math.round(Math.pow(random.nextDouble(), 3) * 200) / 200.0);
      double[] given = p.clone();
      double[] adjusted = Holm.adjust(p);
      assertArrayEquals(given, p, "the argument is unchanged");
      // No level equals a p-value times a count, so rounding decides no rejection.
      for (double level : new double[] {0.0101, 0.0507, 0.1003, 0.5009}) {
        boolean[] rejected = sequential(p, level);
        for (int i = 0; i < p.length; i++) {
          assertEquals(rejected[i], adjusted[i] <= level, Arrays.toString(p) + " at " + level);
        }
      }
      for (int i = 0; i < p.length; i++) {
        assertTrue(adjusted[i] >= p[i] && adjusted[i] <= Math.min(1, p.length * p[i]));
      }
    }
  }

  /** In ascending order, rejects while p ≤ level / (tests left); stops at the first larger p. */
  private static boolean[] sequential(double[] p, double level) {
    boolean[] rejected = new boolean[p.length];
    for (int left = p.length; left > 0; left--) {
      int smallest =
          IntStream.range(0, p.length)
              .filter(i -> !rejected[i])
              .reduce((a, b) -> p[b] < p[a] ? b : a)
              .orElseThrow();
      if (p[smallest] > level / left) {
        break;
      }
      rejected[smallest] = true;
    }
    return rejected;
  }

  @Test
  void rejectsPValuesOutsideZeroToOne() {
    for (double bad : new double[] {-1e-9, 1.0001, Double.NaN, Double.POSITIVE_INFINITY}) {
      String message = assertThrows(RunException.class, () -> Holm.adjust(0.5, bad)).getMessage();
      assertEquals("Holm's correction: p-value 1: expected 0 to 1, found " + bad, message);
    }
  }
}
