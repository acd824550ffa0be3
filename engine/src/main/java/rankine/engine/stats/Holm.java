package rankine.engine.stats;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import rankine.common.RunException;

/**
 * Holm's step-down correction for multiple tests (Scandinavian Journal of Statistics 6, 1979).
 * Rejecting where the adjusted p-value is at most α keeps the family-wise error rate at most α,
 * under any dependence between the tests.
 */
public final class Holm {
  private Holm() {}

  /**
   * Returns the adjusted p-values. With the m values in ascending order, the i-th (from 0) becomes
   * the maximum of (m − j)·p_j over j ≤ i, at most 1.
   *
   * @param pValues of all tests of the family, each in [0, 1]
   * @return one adjusted value per test, in the order of {@code pValues}
   * @throws RunException if a value is not in [0, 1]
   */
  public static double[] adjust(double... pValues) {
    int m = pValues.length;
    for (int i = 0; i < m; i++) {
      // Written so that NaN fails too.
      if (!(pValues[i] >= 0 && pValues[i] <= 1)) {
        throw new RunException(
            "Holm's correction: p-value %d: expected 0 to 1, found %s".formatted(i, pValues[i]));
      }
    }
    List<Integer> ascending =
        IntStream.range(0, m)
            .boxed()
            .sorted(Comparator.comparingDouble(index -> pValues[index]))
            .toList();
    double[] adjusted = new double[m];
    double maximum = 0;
    for (int i = 0; i < m; i++) {
      int index = ascending.get(i);
      maximum = Math.max(maximum, Math.min(1, (m - i) * pValues[index]));
      adjusted[index] = maximum;
    }
    return adjusted;
  }
}
