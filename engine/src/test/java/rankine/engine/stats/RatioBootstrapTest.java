package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class RatioBootstrapTest {
  @Test
  void ofEqualBlocksIsTheNormalIntervalOfTheMean() {
    int n = 400;
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 + Math.sin(i * 12.9898); // variance 1/2
    }
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / n;
    double half = 1.96 * Math.sqrt(variance / n);
    Interval found = RatioBootstrap.of95(values, ones, 0).interval();
    assertEquals(mean - half, found.lower(), 0.05 * half);
    assertEquals(mean + half, found.upper(), 0.05 * half);
  }

  @Test
  void aConstantRatioHasNoWidth() {
    double[] counts = {3, 5, 8};
    double[] sums = {6, 10, 16};
    Interval found = RatioBootstrap.of95(sums, counts, 1).mapped(Math::exp).interval();
    assertEquals(Math.exp(2), found.lower());
    assertEquals(Math.exp(2), found.upper());
    assertThrows(RunException.class, () -> RatioBootstrap.of95(new double[0], new double[0], 0));
  }
}
