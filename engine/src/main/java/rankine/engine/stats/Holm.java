package rankine.engine.stats;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import rankine.common.RunException;

/**
 * Holm's step-down correction for several tests (Scandinavian Journal of Statistics 6, 1979): it
 * holds the probability of one or more false discoveries at the level for which the adjusted values
 * are read, whatever the dependence between the tests.
 */
public final class Holm {
  private Holm() {}

  /**
   * Adjusted p-values. With the m values in ascending order, the i-th (from 0) becomes the largest
   * of (m − j)·p_j over j ≤ i, at most 1.
   *
   * @param pValues every test that was made, each in [0, 1]
   * @return as many, in the order of {@code pValues}
   * @throws RunException if a value is not in [0, 1]
   */
  public static double[] adjust(double... pValues) {
    int m = pValues.length;
    for (int i = 0; i < m; i++) {
      // Written so that NaN is refused, too.
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
    double largest = 0;
    for (int i = 0; i < m; i++) {
      int index = ascending.get(i);
      largest = Math.max(largest, Math.min(1, (m - i) * pValues[index]));
      adjusted[index] = largest;
    }
    return adjusted;
  }
}
