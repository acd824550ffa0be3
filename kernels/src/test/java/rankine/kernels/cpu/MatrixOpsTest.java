package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.kernels.DType;
import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Stored;
import rankine.kernels.Weight;

/**
 * Each operation of both backends against its formula in float64, at sizes around tiles, panels and
 * slices, for each stored type and layout; and the same bits with one thread and two.
 */
class MatrixOpsTest {
  private static final int[][] SHAPES = {
    {1, 1}, {1, 17}, {3, 1}, {4, 4}, {7, 13}, {8, 24}, {9, 25}, {31, 65}, {64, 40}, {25, 257},
    {193, 50}, {10, 530}, {50, 193}
  };

  private interface OpsCheck {
    void run(MatrixOps ops, CpuBackend backend, boolean transposed);
  }

  private static void forEachBackend(OpsCheck body) {
    try (CpuBackend scalar = CpuBackend.scalar(1);
        CpuBackend vector = CpuBackend.vector(2)) {
      for (CpuBackend backend : List.of(scalar, vector)) {
        body.run(backend.matrices(), backend, false);
        body.run(backend.matrices(), backend, true);
      }
    }
  }

  /** The array of a closed matrix may belong to another one. */
  @Test
  void closedMatrixIsRefusedAndReturnedToThePoolOnce() {
    forEachBackend(
        (ops, backend, transposed) -> {
          DenseMatrix closed = ops.gaussian(3, 40, 1);
          closed.close();
          closed.close();
          try (DenseMatrix a = ops.gaussian(3, 40, 2);
              DenseMatrix b = ops.gaussian(3, 40, 3)) {
            assertThrows(IllegalStateException.class, () -> ops.download(closed));
            assertThrows(IllegalStateException.class, () -> ops.gram(closed));
            assertNotEquals(ops.download(a).get(0, 0), ops.download(b).get(0, 0));
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void products(DType dtype) {
    forEachBackend(
        (ops, backend, transposed) -> {
          for (int[] shape : SHAPES) {
            Matrix w = Stored.matrix(new Random(1), dtype, shape[0], shape[1], transposed);
            Weight weight = backend.matrix(w);
            for (int rows : new int[] {1, 2, 7, 131}) {
              if (rows > 7 && (shape[0] > 200 || shape[1] < 40)) {
                continue; // the route of many rows needs no more sizes
              }
              DenseMatrix x = ops.gaussian(rows, shape[1], 5);
              check(
                  values(ops.download(x)),
                  rows,
                  w.transposed(),
                  ops.timesTransposed(x, weight),
                  ops);
              DenseMatrix y = ops.gaussian(rows, shape[0], 6);
              check(values(ops.download(y)), rows, w, ops.times(y, weight), ops);
              DenseMatrix dense = ops.copy(weight, 1);
              check(values(ops.download(y)), rows, w, ops.times(y, dense), ops);
            }
            double[] c = random(5 * shape[0]);
            check(c, 5, w, ops.combine(c, 5, weight), ops);
            check(c, 5, w, ops.combine(c, 5, ops.copy(weight, 1)), ops);
          }
        });
  }

  /** The sketch of the identity is X itself; that of any other matrix is then X times it. */
  @ParameterizedTest
  @EnumSource
  void sketches(DType dtype) {
    forEachBackend(
        (ops, backend, transposed) -> {
          for (int[] shape : new int[][] {{33, 96}, {130, 161}, {5, 7}, {1, 9}}) {
            int n = shape[1];
            Matrix w = Stored.matrix(new Random(8), dtype, shape[0], n, transposed);
            float[] ones = new float[n * n];
            for (int i = 0; i < n; i++) {
              ones[i * n + i] = 1;
            }
            Weight identity = backend.matrix(Matrix.of(ones, n, n));
            for (int rows : new int[] {1, 5, 12, 20}) {
              double[] x = values(ops.download(ops.sketch(identity, rows, 3)));
              check(x, rows, w.transposed(), ops.sketch(backend.matrix(w), rows, 3), ops);
              double squares = Arrays.stream(x).map(v -> v * v).sum();
              assertTrue(squares > 0.2 * rows * n, "elements of the order of 1");
            }
          }
        });
  }

  @Test
  void differences() {
    forEachBackend(
        (ops, backend, transposed) -> {
          DenseMatrix a = ops.gaussian(7, 19, 1);
          DenseMatrix b = ops.gaussian(7, 19, 2);
          double[] expected = values(ops.download(a));
          double[] subtracted = values(ops.download(b));
          double[] found = values(ops.download(ops.minus(a, 0.3, b)));
          for (int i = 0; i < found.length; i++) {
            assertEquals(expected[i] - 0.3 * subtracted[i], found[i], 1e-6);
          }
        });
  }

  @Test
  void downloadsRowsToGivenRows() {
    forEachBackend(
        (ops, backend, transposed) -> {
          DenseMatrix a = ops.gaussian(3, 19, 1);
          Matrix whole = ops.download(a);
          Matrix into = Matrix.of(new float[5 * 19], 5, 19);
          ops.download(a, new int[] {4, 0, 3}, into);
          int[] from = {1, -1, -1, 2, 0};
          for (int row = 0; row < 5; row++) {
            for (int c = 0; c < 19; c++) {
              assertEquals(from[row] < 0 ? 0 : whole.get(from[row], c), into.get(row, c));
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void timesOwnTranspose(DType dtype) {
    forEachBackend(
        (ops, backend, transposed) -> {
          for (int[] shape : SHAPES) {
            Matrix w = Stored.matrix(new Random(5), dtype, shape[0], shape[1], transposed);
            double[] expected = ops.gram(backend.matrix(w));
            double[] found = values(ops.download(ops.timesOwnTranspose(backend.matrix(w))));
            int n = shape[0];
            for (int i = 0; i < n; i++) {
              for (int j = 0; j < n; j++) {
                double bound = 2e-6 * Math.sqrt(expected[i * n + i] * expected[j * n + j]);
                assertEquals(expected[i * n + j], found[i * n + j], bound);
                assertEquals(found[j * n + i], found[i * n + j]);
              }
            }
          }
        });
  }

  /** {@code L⁻¹ G L⁻ᵀ = I}, L⁻¹ lower triangular; empty for a rank-deficient matrix. */
  @Test
  void inverseCholesky() {
    forEachBackend(
        (ops, backend, transposed) -> {
          for (int n : new int[] {1, 2, 5, 31, 32, 33, 70}) {
            double[] g = unitDiagonal(ops.gram(ops.gaussian(n, n + 20, n)), n);
            double[] inverse = ops.inverseCholesky(g.clone(), n).orElseThrow();
            for (int i = 0; i < n; i++) {
              for (int j = 0; j < n; j++) {
                double product = 0;
                for (int k = 0; k < n; k++) {
                  for (int l = 0; l < n; l++) {
                    product += inverse[i * n + k] * g[k * n + l] * inverse[j * n + l];
                  }
                }
                assertEquals(i == j ? 1 : 0, product, 1e-9);
                assertTrue(i >= j || inverse[i * n + j] == 0, "lower triangular");
              }
            }
            double[] dependent = unitDiagonal(ops.gram(ops.gaussian(n, Math.max(1, n - 3), n)), n);
            assertEquals(n == 1, ops.inverseCholesky(dependent, n).isPresent(), "of rank " + n);
          }
        });
  }

  private static double[] unitDiagonal(double[] g, int n) {
    double[] unit = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      int row = i / n;
      int col = i % n;
      unit[i] = row == col ? 1 : g[i] / Math.sqrt(g[row * n + row] * g[col * n + col]);
    }
    return unit;
  }

  /** {@code found = C W}, C [rows, w.rows]. */
  private static void check(double[] c, int rows, Matrix w, DenseMatrix found, MatrixOps ops) {
    Matrix host = ops.download(found);
    assertEquals(rows, host.rows());
    assertEquals(w.cols(), host.cols());
    double[] weights = values(w);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < w.cols(); j++) {
        double sum = 0;
        double magnitude = 0;
        for (int k = 0; k < w.rows(); k++) {
          double term = c[i * w.rows() + k] * weights[k * w.cols() + j];
          sum += term;
          magnitude += Math.abs(term);
        }
        assertEquals(sum, host.get(i, j), 1e-6 * magnitude);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gramAndNorm(DType dtype) {
    forEachBackend(
        (ops, backend, transposed) -> {
          for (int[] shape : SHAPES) {
            int n = shape[0];
            Matrix w = Stored.matrix(new Random(2), dtype, n, shape[1], transposed);
            double[] gram = ops.gram(backend.matrix(w));
            assertArrayEquals(gram, ops.gram(ops.copy(backend.matrix(w), 1)));
            double[] weights = values(w);
            double trace = 0;
            for (int i = 0; i < n; i++) {
              for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < shape[1]; k++) {
                  sum += weights[i * shape[1] + k] * weights[j * shape[1] + k];
                }
                assertEquals(sum, gram[i * n + j], 1e-13 * shape[1] * 16);
                assertEquals(gram[i * n + j], gram[j * n + i]);
              }
              trace += gram[i * n + i];
            }
            assertEquals(trace, ops.squaredNorm(backend.matrix(w)), 1e-12 * trace);
          }
        });
  }

  /** {@code Wᵀ W}, and {@code W H Wᵀ} with {@code H = Wᵀ W}, against plain loops. */
  @Test
  void symmetricProducts() {
    forEachBackend(
        (ops, backend, transposed) -> {
          for (int[] shape : SHAPES) {
            int m = shape[0];
            int n = shape[1];
            Matrix w = Stored.matrix(new Random(5), DType.F32, m, n, transposed);
            double[] weights = values(w);
            double[] moment = ops.secondMoment(w);
            double largest = 0;
            for (int i = 0; i < n; i++) {
              for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int r = 0; r < m; r++) {
                  sum += weights[r * n + i] * weights[r * n + j];
                }
                largest = Math.max(largest, Math.abs(sum));
                assertEquals(sum, moment[i * n + j], 1e-13 * m * 16);
                assertEquals(moment[j * n + i], moment[i * n + j]);
              }
            }
            double[] back = new double[n * m];
            for (int i = 0; i < m * n; i++) {
              back[i % n * m + i / n] = weights[i];
            }
            double[] wh = ops.product(weights, m, n, moment, n);
            double[] outputs = ops.symmetricProduct(wh, m, n, back);
            double[] expected = ops.product(wh, m, n, back, m);
            for (int i = 0; i < m * m; i++) {
              assertEquals(expected[i], outputs[i], 1e-13 * n * n * largest);
              assertEquals(outputs[i % m * m + i / m], outputs[i]);
            }
          }
        });
  }

  @Test
  void normOfNonFiniteValuesIsNotFinite() {
    forEachBackend(
        (ops, backend, transposed) -> {
          for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] values = new float[35];
            values[33] = bad;
            Matrix w = transposed ? Matrix.of(values, 7, 5).transposed() : Matrix.of(values, 7, 5);
            assertFalse(Double.isFinite(ops.squaredNorm(backend.matrix(w))));
          }
          float[] largest = {Float.MAX_VALUE, Float.MAX_VALUE};
          assertTrue(Double.isFinite(ops.squaredNorm(backend.matrix(Matrix.of(largest, 1, 2)))));
        });
  }

  @Test
  void eigen() {
    forEachBackend(
        (ops, backend, clustered) -> {
          for (int n : new int[] {1, 2, 3, 7, 8, 9, 33, 64, 65, 130, 201}) {
            double[] g = ops.gram(ops.gaussian(n, clustered ? Math.max(1, n / 3) : n + 5, n));
            double[] before = g.clone();
            EigenDecomposition eigen = ops.eigen(g, n);
            assertArrayEquals(before, g);
            double norm = Math.abs(eigen.values()[0]);
            for (int i = 0; i < n; i++) {
              assertTrue(i == 0 || eigen.values()[i] <= eigen.values()[i - 1]);
              for (int j = 0; j < n; j++) {
                double dot = 0;
                double image = 0;
                for (int k = 0; k < n; k++) {
                  dot += eigen.vectors()[i * n + k] * eigen.vectors()[j * n + k];
                  image += g[j * n + k] * eigen.vectors()[i * n + k];
                }
                assertEquals(i == j ? 1 : 0, dot, 1e-13);
                double expected = eigen.values()[i] * eigen.vectors()[i * n + j];
                assertEquals(expected, image, 1e-13 * norm);
              }
            }
          }
        });
  }

  @Test
  void eigenOfSimpleMatrices() {
    forEachBackend(
        (ops, backend, transposed) -> {
          assertArrayEquals(new double[3], ops.eigen(new double[9], 3).values());
          double[] diagonal = {2, 0, 0, 0, -7, 0, 0, 0, 5};
          assertArrayEquals(new double[] {5, 2, -7}, ops.eigen(diagonal, 3).values());
          assertArrayEquals(
              new double[] {3e200, 1e200},
              ops.eigen(new double[] {2e200, 1e200, 1e200, 2e200}, 2).values(),
              1e186);
          assertArrayEquals(
              new double[] {3e-200, 1e-200},
              ops.eigen(new double[] {2e-200, 1e-200, 1e-200, 2e-200}, 2).values(),
              1e-214);
          assertThrows(
              IllegalArgumentException.class, () -> ops.eigen(new double[] {Double.NaN}, 1));
          assertThrows(IllegalArgumentException.class, () -> ops.eigen(new double[3], 2));
        });
  }

  @Test
  void copyUploadStackDownload() {
    forEachBackend(
        (ops, backend, transposed) -> {
          Matrix w = Stored.matrix(new Random(3), DType.BF16, 5, 19, transposed);
          Matrix halved = ops.download(ops.copy(backend.matrix(w), 0.5f));
          double[] values = random(2 * 19);
          Matrix stacked =
              ops.download(
                  ops.stack(List.of(ops.upload(values, 2, 19), ops.copy(backend.matrix(w), 1))));
          assertEquals(7, stacked.rows());
          for (int j = 0; j < 19; j++) {
            assertEquals((float) values[j], stacked.get(0, j));
            assertEquals((float) values[19 + j], stacked.get(1, j));
            for (int i = 0; i < 5; i++) {
              assertEquals(w.get(i, j) / 2, halved.get(i, j));
              assertEquals(w.get(i, j), stacked.get(2 + i, j));
            }
          }
          assertThrows(
              IllegalArgumentException.class,
              () -> ops.times(ops.gaussian(2, 4, 0), backend.matrix(w)));
          assertThrows(
              IllegalArgumentException.class,
              () -> ops.combine(new double[8], 2, backend.matrix(w)));
        });
  }

  @Test
  void sameBitsForOneThreadAndTwo() {
    try (CpuBackend one = CpuBackend.vector(1);
        CpuBackend two = CpuBackend.vector(2);
        CpuBackend scalar = CpuBackend.scalar(2)) {
      float[][] results = new float[2][];
      float[][] sketches = new float[2][];
      float[][] products = new float[2][];
      double[][] factors = new double[2][];
      double[][] grams = new double[2][];
      EigenDecomposition[] eigens = new EigenDecomposition[2];
      Matrix w = Stored.matrix(new Random(4), DType.F16, 150, 600, false);
      CpuBackend[] backends = {one, two};
      for (int i = 0; i < 2; i++) {
        MatrixOps ops = backends[i].matrices();
        Weight weight = backends[i].matrix(w);
        grams[i] = ops.gram(weight);
        eigens[i] = ops.eigen(grams[i], 150);
        DenseMatrix x = ops.timesTransposed(ops.gaussian(9, 600, 1), weight);
        DenseMatrix y = ops.combine(random(20 * 9), 20, ops.times(x, weight));
        results[i] = floats(ops.download(y));
        sketches[i] = floats(ops.download(ops.sketch(weight, 40, 2)));
        products[i] = floats(ops.download(ops.timesOwnTranspose(weight)));
        factors[i] = ops.inverseCholesky(unitDiagonal(grams[i], 150), 150).orElseThrow();
      }
      assertArrayEquals(sketches[0], sketches[1]);
      assertArrayEquals(products[0], products[1]);
      assertArrayEquals(factors[0], factors[1]);
      assertArrayEquals(grams[0], grams[1]);
      assertArrayEquals(eigens[0].values(), eigens[1].values());
      assertArrayEquals(eigens[0].vectors(), eigens[1].vectors());
      assertArrayEquals(results[0], results[1]);
      assertArrayEquals(
          floats(one.matrices().download(one.matrices().gaussian(5, 33, 7))),
          floats(scalar.matrices().download(scalar.matrices().gaussian(5, 33, 7))));
    }
  }

  private static double[] random(int n) {
    return new Random(n).doubles(n, -1, 1).toArray();
  }

  private static double[] values(Matrix m) {
    double[] values = new double[m.rows() * m.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = m.get(i / m.cols(), i % m.cols());
    }
    return values;
  }

  private static float[] floats(Matrix m) {
    float[] values = new float[m.rows() * m.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = m.get(i / m.cols(), i % m.cols());
    }
    return values;
  }
}
