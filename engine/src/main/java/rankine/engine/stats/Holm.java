package rankine.engine.stats;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.PrimitiveIterator;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.DoubleStream;
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

  /**
   * Returns the tests of all lists with their adjusted p-values: all lists together are one family.
   * A test without a p-value stays as it is and does not count.
   *
   * @param corrected makes a test with its adjusted p-value
   */
  public static <T> List<List<T>> corrected(
      List<List<T>> lists, Function<T, OptionalDouble> pValue, BiFunction<T, Double, T> corrected) {
    PrimitiveIterator.OfDouble adjusted =
        DoubleStream.of(
                adjust(
                    lists.stream()
                        .flatMap(List::stream)
                        .flatMapToDouble(test -> pValue.apply(test).stream())
                        .toArray()))
            .iterator();
    List<List<T>> all = new ArrayList<>();
    for (List<T> tests : lists) {
      List<T> those = new ArrayList<>();
      for (T test : tests) {
        those.add(
            pValue.apply(test).isPresent() ? corrected.apply(test, adjusted.nextDouble()) : test);
      }
      all.add(those);
    }
    return all;
  }
}
