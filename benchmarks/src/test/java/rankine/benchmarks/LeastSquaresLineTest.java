package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LeastSquaresLineTest {
  @Test
  void exactFit() {
    LeastSquaresLine line =
        LeastSquaresLine.through(new double[] {1, 2, 4, 8}, new double[] {5, 7, 11, 19});
    assertEquals(3, line.intercept(), 1e-12);
    assertEquals(2, line.slope(), 1e-12);
    assertEquals(0, line.deviation(), 1e-12);
  }

  /** Computed by hand: means 1 and 4/3; slope (−1·−4/3 + 1·5/3) / 2 = 3/2, intercept −1/6. */
  @Test
  void fitWithResiduals() {
    LeastSquaresLine line =
        LeastSquaresLine.through(new double[] {0, 1, 2}, new double[] {0, 1, 3});
    assertEquals(1.5, line.slope(), 1e-12);
    assertEquals(-1.0 / 6, line.intercept(), 1e-12);
    assertEquals(1, line.deviation(), 1e-12); // at x = 0: |1/6| / |−1/6|
  }

  @Test
  void refusesPointsOfEqualX() {
    assertThrows(
        IllegalArgumentException.class,
        () -> LeastSquaresLine.through(new double[] {2, 2}, new double[] {1, 3}));
  }
}
