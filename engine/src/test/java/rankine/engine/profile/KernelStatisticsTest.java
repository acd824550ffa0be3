package rankine.engine.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** Kernel costs, timing statistics and the crossover search, without measuring time. */
class KernelStatisticsTest {

  @Test
  void costsOfAProduct() {
    assertEquals(
        new KernelCost(2L * 256 * 4096 * 16384, 4096L * 16384 * 2 + 256L * (4096 + 16384) * 4),
        KernelCost.linear(256, 4096, 16384, DType.F16));
    assertEquals(
        new KernelCost(2 * 3 * 5, 3 * 5 * 4 + (3 + 5) * 4), KernelCost.linear(1, 3, 5, DType.F32));
    assertEquals(0.25, new KernelCost(10, 40).intensity());
  }

  @Test
  void costsOfTwoThinProducts() {
    long rows = 7;
    long m = 30;
    long n = 20;
    long k = 4;
    KernelCost found = TimedKernel.factored(30, 20, 4, 7).cost();
    assertEquals(2 * rows * k * (m + n), found.flops());
    assertEquals(4 * (k * (m + n) + rows * (n + 2 * k + m)), found.bytes());
  }

  @Test
  void medianAndQuartiles() {
    TimingResult odd = TimingResult.of(new double[] {5, 1, 3, 2, 4}, 10);
    assertEquals(new TimingResult(3, 2, 4, 5, 10), odd);
    assertEquals(1.57 * 2 / Math.sqrt(5), odd.notch(), 1e-12);
    TimingResult even = TimingResult.of(new double[] {4, 1, 2, 3}, 1);
    assertEquals(new TimingResult(2.5, 1.75, 3.25, 4, 1), even);
    assertEquals(new TimingResult(8, 8, 8, 1, 1), TimingResult.of(new double[] {8}, 1));
  }

  @Test
  void differenceWithinTheNotchesIsNotSignificant() {
    TimingResult fast = new TimingResult(1, 0.9, 1.1, 100, 1);
    assertTrue(fast.significantlyBelow(new TimingResult(1.1, 1.0, 1.2, 100, 1)));
    assertFalse(fast.significantlyBelow(new TimingResult(1.05, 0.9, 1.2, 100, 1)));
    assertFalse(fast.significantlyBelow(fast));
    assertFalse(new TimingResult(1.1, 1.0, 1.2, 100, 1).significantlyBelow(fast));
  }

  /** No other non-decreasing sequence is nearer to the values. */
  @Test
  void isotonicFitIsOptimal() {
    Random random = new Random(1);
    for (int trial = 0; trial < 200; trial++) {
      double[] values = random.doubles(1 + random.nextInt(12), 0, 4).toArray();
      double[] fitted = IsotonicRegression.fit(values);
      for (int i = 1; i < fitted.length; i++) {
        assertTrue(fitted[i] >= fitted[i - 1]);
      }
      for (int other = 0; other < 50; other++) {
        double[] monotone = fitted.clone();
        for (int i = 0; i < monotone.length; i++) {
          monotone[i] += 0.3 * random.nextGaussian();
        }
        Arrays.sort(monotone);
        assertTrue(distance(values, fitted) <= distance(values, monotone) + 1e-12);
      }
    }
    double[] monotone = {1, 2, 2, 5};
    assertArrayEquals(monotone, IsotonicRegression.fit(monotone));
    assertArrayEquals(
        new double[] {2, 2, 2}, IsotonicRegression.fit(new double[] {3, 2, 1}), 1e-12);
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  private static Crossover find(int m, int n, IntToDoubleFunction factored) {
    return Crossover.find(
        m,
        n,
        ranks ->
            ranks.stream()
                .map(k -> new Crossover.CrossoverStep(k, 1, factored.applyAsDouble(k)))
                .toList());
  }

  @Test
  void crossoverOfLinearTimes() {
    for (int[] shape : new int[][] {{4096, 16384}, {96, 384}, {48, 48}, {7, 3}, {1000, 999}}) {
      int m = shape[0];
      int n = shape[1];
      double expected = (double) m * n / (m + n);
      Crossover found = find(m, n, k -> k / expected);
      assertEquals(expected, found.arithmetic(), 1e-9);
      // The times are linear in the rank, so linear interpolation is exact.
      assertEquals(expected, found.measured().orElseThrow(), 1e-6 * expected);
      assertTrue(found.below().orElseThrow() < expected && expected <= found.above().orElseThrow());
      int gap = found.above().getAsInt() - found.below().getAsInt();
      assertTrue(gap <= 1 + Math.min(m, n) / 60, m + " " + n + " " + gap);
      Set<Integer> once = new HashSet<>();
      found.steps().forEach(step -> assertTrue(once.add(step.rank()), "measured twice"));
    }
  }

  @Test
  void noCrossover() {
    Crossover dense = find(64, 64, k -> 1.5);
    assertTrue(dense.measured().isEmpty() && dense.below().isEmpty());
    assertEquals(OptionalInt.of(1), dense.above());
    Crossover factored = find(64, 64, k -> 0.5);
    assertTrue(factored.measured().isEmpty() && factored.above().isEmpty());
    assertEquals(OptionalInt.of(64), factored.below());
    assertTrue(find(1, 5, k -> 2).measured().isEmpty());
  }

  @Test
  void crossoverIgnoresAnOutlier() {
    Crossover found = find(800, 800, k -> k == 1 ? 1.3 : k / 400.0);
    assertEquals(400, found.measured().orElseThrow(), 20);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void poolRotatesRandomWeights(DType dtype) {
    WeightPool pool = new WeightPool(1000, 10 * 20 * 4);
    TimedKernel.KernelOperand rows = new TimedKernel.KernelOperand(10, 20, dtype, true);
    TimedKernel.KernelOperand columns = new TimedKernel.KernelOperand(10, 20, dtype, false);
    List<Matrix> matrices = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      matrices.add(pool.next(i % 2 == 0 ? rows : columns));
    }
    for (int i = 0; i < matrices.size(); i++) {
      Matrix w = matrices.get(i);
      assertEquals(i % 2 == 0, w.rowContiguous());
      assertEquals(dtype, w.dtype());
      double squares = 0;
      for (double[] row : Studies.values(w)) {
        squares += Arrays.stream(row).map(x -> x * x).sum();
      }
      assertEquals(1, squares / 200, 0.5); // N(0, 1)
    }
    // The pool holds two 16-bit matrices: the second differs, the third reuses the first.
    assertEquals(dtype == DType.F32, address(matrices.get(0)) == address(matrices.get(1)));
    assertEquals(address(matrices.get(0)), address(matrices.get(2)));
  }

  private static long address(Matrix w) {
    return w.data().address();
  }
}
