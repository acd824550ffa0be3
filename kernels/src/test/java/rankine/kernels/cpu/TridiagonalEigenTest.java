package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Divide and conquer against Commons Math and closed forms, on matrices that are hard for it:
 * eigenvalues in pairs and clusters, couplings that are zero or nearly zero, elements of many
 * magnitudes.
 */
class TridiagonalEigenTest {
  private static final double EPSILON = 0x1p-52;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 31, 32, 33, 63, 64, 65, 66, 100, 131, 257})
  void randomMatrices(int n) {
    Random random = new Random(n);
    check(matrix(n, i -> random.nextGaussian(), i -> random.nextGaussian()));
  }

  /** The second difference: eigenvalues {@code 2 - 2 cos(π k / (n + 1))}. */
  @ParameterizedTest
  @ValueSource(ints = {33, 64, 150, 300})
  void secondDifference(int n) {
    double[] found = check(matrix(n, i -> 2, i -> -1));
    for (int k = 1; k <= n; k++) {
      double expected = 2 - 2 * Math.cos(Math.PI * k / (n + 1));
      assertEquals(expected, found[k - 1], 4 * n * EPSILON);
    }
  }

  /**
   * Wilkinson matrices have pairs of eigenvalues closer than rounding; copies of them have
   * clusters.
   */
  @Test
  void eigenvaluesInClusters() {
    for (double glue : new double[] {0, 1e-300, 1e-14, 1e-8, 1e-3, 1}) {
      IntToDoubleFunction diagonal = i -> Math.abs(i % 21 - 10);
      check(matrix(168, diagonal, i -> i % 21 == 20 ? glue : 1));
      check(matrix(168, diagonal, i -> i % 21 == 20 ? -glue : -1));
    }
  }

  @Test
  void couplingsOfZero() {
    check(matrix(100, i -> 3, i -> 0));
    check(matrix(100, i -> 0, i -> 0));
    check(matrix(100, i -> 0, i -> 1));
    check(matrix(100, i -> i % 3, i -> i % 7 == 0 ? 0 : 1e-12));
    check(matrix(129, i -> 1, i -> 1e-9));
  }

  @Test
  void elementsOfManyMagnitudes() {
    check(matrix(140, i -> Math.pow(10, -i / 4.0), i -> Math.pow(10, -i / 4.0) / 3));
    check(matrix(140, i -> Math.pow(10, i / 4.0 - 35), i -> Math.pow(10, i / 5.0 - 35)));
    check(matrix(140, i -> (i % 5) * 1e-90, i -> 1e-90));
    check(matrix(140, i -> (i % 5) * 1e90, i -> 1e90));
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      int n = 33 + random.nextInt(100);
      check(
          matrix(
              n,
              i -> Math.scalb(random.nextGaussian(), -random.nextInt(60)),
              i ->
                  random.nextInt(5) == 0
                      ? 0
                      : Math.scalb(random.nextGaussian(), -random.nextInt(60))));
    }
  }

  @Test
  void sameBitsForOneThreadAndTwo() {
    Random random = new Random(3);
    Tridiagonal t = matrix(200, i -> random.nextGaussian(), i -> random.nextGaussian());
    TridiagonalEigen.TridiagonalResult one = solve(t, new VectorFloat64(), 1);
    TridiagonalEigen.TridiagonalResult two = solve(t, new VectorFloat64(), 2);
    assertArrayEquals(one.values(), two.values());
    assertArrayEquals(one.vectors(), two.vectors());
  }

  private static Tridiagonal matrix(
      int n, IntToDoubleFunction diagonal, IntToDoubleFunction below) {
    double[] d = new double[n];
    double[] e = new double[n];
    for (int i = 0; i < n; i++) {
      d[i] = diagonal.applyAsDouble(i);
      e[i] = i < n - 1 ? below.applyAsDouble(i) : 0;
    }
    return new Tridiagonal(d, e, new double[0], new double[0], Tridiagonal.stride(n));
  }

  private static TridiagonalEigen.TridiagonalResult solve(
      Tridiagonal t, Float64Kernels kernels, int threads) {
    try (Workers workers = new Workers(threads)) {
      return TridiagonalEigen.solve(t, new Float64Gemm(kernels, workers), workers);
    }
  }

  /** The eigenvalues, ascending. */
  private static double[] check(Tridiagonal t) {
    check(t, solve(t, new ScalarFloat64(), 1));
    return check(t, solve(t, new VectorFloat64(), 2));
  }

  private static double[] check(Tridiagonal t, TridiagonalEigen.TridiagonalResult found) {
    int n = t.diagonal().length;
    double norm = 0;
    for (int i = 0; i < n; i++) {
      double before = i > 0 ? Math.abs(t.below()[i - 1]) : 0;
      norm = Math.max(norm, before + Math.abs(t.diagonal()[i]) + Math.abs(t.below()[i]));
    }
    double[][] v = new double[n][];
    for (int k = 0; k < n; k++) {
      v[k] = Arrays.copyOfRange(found.vectors(), k * t.stride(), k * t.stride() + n);
      for (int i = 0; i < n; i++) {
        double image = t.diagonal()[i] * v[k][i];
        image += i > 0 ? t.below()[i - 1] * v[k][i - 1] : 0;
        image += i < n - 1 ? t.below()[i] * v[k][i + 1] : 0;
        assertEquals(found.values()[k] * v[k][i], image, (8 + n) * EPSILON * norm);
      }
    }
    for (int k = 0; k < n; k++) {
      for (int l = 0; l <= k; l++) {
        double dot = 0;
        for (int i = 0; i < n; i++) {
          dot += v[k][i] * v[l][i];
        }
        assertEquals(k == l ? 1 : 0, dot, (8 + n) * EPSILON);
      }
    }
    double[] values = found.values().clone();
    Arrays.sort(values);
    double[] expected =
        new EigenDecomposition(t.diagonal().clone(), Arrays.copyOf(t.below(), Math.max(0, n - 1)))
            .getRealEigenvalues();
    Arrays.sort(expected);
    assertArrayEquals(expected, values, (8 + n) * EPSILON * norm);
    return values;
  }
}
