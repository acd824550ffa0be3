package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static rankine.kernels.cpu.RandomRows.floats;
import static rankine.kernels.cpu.RandomRows.rows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Stored;

/**
 * The vector kernels against plain loops that sum in the order that docs/gemm.md states: equal to
 * the bit, whatever the width of this machine's vectors.
 */
class SummationOrderTest {
  private static final int[] ROWS = {1, 2, 3, 36, 61};

  @ParameterizedTest
  @EnumSource(DType.class)
  void rowMajorProducts(DType dtype) {
    Random random = new Random(3);
    for (int n : new int[] {1, 15, 16, 33, 224, 1040}) {
      for (int m : new int[] {1, 5, 64, 83}) {
        assertProducts(Stored.matrix(random, dtype, m, n, false), random);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void columnMajorProducts(DType dtype) {
    Random random = new Random(4);
    for (int n : new int[] {1, 15, 33, 224, 1041}) {
      for (int m : new int[] {1, 5, 83}) {
        assertProducts(Stored.matrix(random, dtype, m, n, true), random);
      }
    }
  }

  private static void assertProducts(Matrix w, Random random) {
    int n = w.cols();
    int m = w.rows();
    ActivationRows x = rows(random, ROWS[ROWS.length - 1], n);
    float[][] weights = new float[m][n];
    for (int o = 0; o < m; o++) {
      for (int i = 0; i < n; i++) {
        weights[o][i] = w.get(o, i);
      }
    }
    try (Workers one = new Workers(1)) {
      for (int count : ROWS) {
        ActivationRows y = ActivationRows.allocate(count, m);
        new VectorKernels()
            .linear(new LinearGroup().reset(x.first(count)).add(w, null, false, y), one);
        for (int t = 0; t < count; t++) {
          float[] row = Arrays.copyOfRange(x.data(), x.at(t), x.at(t) + n);
          float[] expected = new float[m];
          for (int o = 0; o < m; o++) {
            expected[o] = w.rowContiguous() ? dot(row, weights[o]) : slices(row, weights[o]);
          }
          float[] found = Arrays.copyOfRange(y.data(), y.at(t), y.at(t) + m);
          assertArrayEquals(expected, found, "row %d of %d, n=%d m=%d".formatted(t, count, n, m));
        }
      }
    }
  }

  /** Sixteen partial sums, in four groups. */
  private static float dot(float[] x, float[] w) {
    float[] partial = new float[16];
    for (int i = 0; i < x.length; i++) {
      partial[i % 16] = Math.fma(x[i], w[i], partial[i % 16]);
    }
    float[] group = new float[4];
    for (int g = 0; g < 4; g++) {
      group[g] = partial[g] + partial[g + 4] + partial[g + 8] + partial[g + 12];
    }
    return (group[0] + group[1]) + (group[2] + group[3]);
  }

  /** Slices of four interleaved runs. */
  private static float slices(float[] x, float[] w) {
    int depth = FeatureSlices.depth(x.length);
    float sum = 0;
    for (int from = 0; from < x.length; from += depth) {
      int length = Math.min(depth, x.length - from);
      int run = length / 4;
      float slice = 0;
      for (int i = 0; i < run; i++) {
        for (int r = 0; r < 4; r++) {
          int at = from + r * run + i;
          slice = Math.fma(x[at], w[at], slice);
        }
      }
      for (int at = from + 4 * run; at < from + length; at++) {
        slice = Math.fma(x[at], w[at], slice);
      }
      sum = from == 0 ? slice : sum + slice;
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 23, 64, 100, 768})
  void norms(int n) {
    Random random = new Random(n);
    ActivationRows x = rows(random, 1, n);
    int at = x.at(0);
    float[] scale = floats(random, n);
    float[] shift = floats(random, n);
    ActivationRows found = ActivationRows.allocate(1, n);
    float[] terms = Arrays.copyOfRange(x.data(), at, at + n);
    float mean = halved(terms, false) / n;
    float[] centred = new float[n];
    for (int i = 0; i < n; i++) {
      centred[i] = terms[i] - mean;
    }
    float inverse = (float) (1 / Math.sqrt(halved(centred, true) / n + 1e-5f));
    new VectorKernels().layerNorm(x.data(), at, n, scale, shift, 1e-5f, found.data(), at);
    for (int i = 0; i < n; i++) {
      assertEquals(
          Math.fma((terms[i] - mean) * inverse, scale[i], shift[i]), found.data()[at + i], "" + i);
    }
    inverse = (float) (1 / Math.sqrt(halved(terms, true) / n + 1e-5f));
    new VectorKernels().rmsNorm(x.data(), at, n, scale, 1e-5f, found.data(), at);
    for (int i = 0; i < n; i++) {
      assertEquals(terms[i] * inverse * scale[i], found.data()[at + i], "" + i);
    }
  }

  /** Sixteen partial sums, of the values or of their squares, added by halving. */
  private static float halved(float[] x, boolean squares) {
    float[] partial = new float[16];
    for (int i = 0; i < x.length; i++) {
      partial[i % 16] = squares ? Math.fma(x[i], x[i], partial[i % 16]) : partial[i % 16] + x[i];
    }
    for (int half = 8; half >= 1; half /= 2) {
      for (int l = 0; l < half; l++) {
        partial[l] += partial[l + half];
      }
    }
    return partial[0];
  }
}
