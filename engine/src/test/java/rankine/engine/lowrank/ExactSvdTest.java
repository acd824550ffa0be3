package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.EditException;
import rankine.engine.lowrank.TestMatrices.TestMatrix;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.CpuBackend;

/** Compares with the float64 SVD of Commons Math. */
class ExactSvdTest {
  static Stream<Arguments> samples() {
    double[] flat = new double[40];
    Arrays.fill(flat, 3);
    double[] clustered = new double[60];
    for (int i = 0; i < 60; i++) {
      clustered[i] = i < 20 ? 5 : i < 40 ? 1 + 1e-7 * i : 0.01;
    }
    return Stream.of(
        Arguments.of("gaussian", TestMatrices.gaussian(70, 90, 1)),
        Arguments.of("square", TestMatrices.gaussian(97, 97, 2)),
        Arguments.of("decaying", TestMatrices.of(80, 100, TestMatrices.geometric(80, 10, 0.9), 3)),
        Arguments.of("steep", TestMatrices.of(64, 65, TestMatrices.geometric(64, 1, 0.5), 4)),
        Arguments.of("levels", TestMatrices.of(50, 60, TestMatrices.geometric(50, 100, 0.7), 41)),
        Arguments.of("flat", TestMatrices.of(40, 70, flat, 5)),
        Arguments.of("clustered", TestMatrices.of(60, 61, clustered, 6)),
        Arguments.of("rank 7", TestMatrices.of(50, 60, TestMatrices.geometric(7, 4, 0.8), 7)),
        Arguments.of("rank 1", TestMatrices.of(33, 20, new double[] {2}, 8)),
        Arguments.of("exact rank 2", outer(30, 40)),
        Arguments.of("tall", TestMatrices.gaussian(211, 17, 9)),
        Arguments.of("wide", TestMatrices.gaussian(17, 211, 10)),
        Arguments.of("1 x n", TestMatrices.gaussian(1, 53, 11)),
        Arguments.of("n x 1", TestMatrices.gaussian(53, 1, 12)),
        Arguments.of("1 x 1", new TestMatrix(new float[] {-2.5f}, 1, 1)),
        Arguments.of("2 x 2", new TestMatrix(new float[] {1, 2, 3, 4}, 2, 2)),
        Arguments.of("identity", identity(37)),
        Arguments.of("tiny", scaled(TestMatrices.gaussian(30, 41, 13), 1e-20f)),
        Arguments.of("huge", scaled(TestMatrices.gaussian(41, 30, 14), 1e20f)),
        Arguments.of("near overflow", scaled(TestMatrices.gaussian(20, 30, 15), 5e37f)),
        Arguments.of("near underflow", scaled(TestMatrices.gaussian(20, 30, 16), 1e-36f)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void agreesWithCommonsMath(String name, TestMatrix w) {
    double[] expected = w.singularValues();
    double first = expected[0];
    for (String kind : new String[] {"scalar", "vector"}) {
      try (Backend backend = backend(kind, 2)) {
        Svd svd = new ExactSvd().decompose(name, w.matrix(), backend);
        assertEquals(w.rows(), svd.u().rows());
        assertEquals(w.cols(), svd.v().rows());
        for (int i = 0; i < expected.length; i++) {
          double found = i < svd.rank() ? svd.s()[i] : 0;
          assertEquals(expected[i], found, 1e-5 * first, kind + " value " + i);
          assertTrue(i == 0 || i >= svd.rank() || svd.s()[i] <= svd.s()[i - 1], "descending");
        }
        assertTrue(
            TestMatrices.deviation(svd.u()) <= 1e-5,
            kind + " U " + TestMatrices.deviation(svd.u()));
        assertTrue(
            TestMatrices.deviation(svd.v()) <= 1e-5,
            kind + " V " + TestMatrices.deviation(svd.v()));
        double error = TestMatrices.error(w, svd);
        assertTrue(error <= 1e-5 * first * Math.sqrt(svd.rank()), kind + " error " + error);
      }
    }
  }

  @Test
  void zeroMatrixGivesOneZeroTriplet() {
    try (Backend backend = CpuBackend.vector(1)) {
      Svd svd = new ExactSvd().decompose("zero", Matrix.of(new float[12], 4, 3), backend);
      assertArrayEquals(new double[] {0}, svd.s());
      assertEquals(0, svd.numericalRank());
      assertEquals(Double.NaN, svd.condition());
      assertEquals(1, svd.energy(1));
      assertEquals(0, TestMatrices.deviation(svd.u()));
      assertEquals(0, TestMatrices.deviation(svd.v()));
    }
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    TestMatrix w = TestMatrices.of(130, 170, TestMatrices.geometric(130, 10, 0.8), 20);
    for (String kind : new String[] {"scalar", "vector"}) {
      try (Backend one = backend(kind, 1);
          Backend two = backend(kind, 2)) {
        assertSame(
            new ExactSvd().decompose("w", w.matrix(), one),
            new ExactSvd().decompose("w", w.matrix(), two));
      }
    }
  }

  @Test
  void readsEveryTypeAndLayout() {
    Random random = new Random(21);
    int m = 24;
    int n = 37;
    try (Backend backend = CpuBackend.vector(2)) {
      for (DType dtype : DType.values()) {
        for (boolean transposed : new boolean[] {false, true}) {
          Matrix stored = stored(random, dtype, m, n, transposed);
          float[] values = new float[m * n];
          for (int i = 0; i < m * n; i++) {
            values[i] = stored.get(i / n, i % n);
          }
          TestMatrix w = new TestMatrix(values, m, n);
          Svd svd = new ExactSvd().decompose("w", stored, backend);
          assertTrue(TestMatrices.error(w, svd) <= 1e-5 * svd.s()[0] * Math.sqrt(m), dtype.name());
          Svd sketched =
              new RandomizedSvd(RandomizedOptions.standard(m, 1)).decompose("w", stored, backend);
          assertTrue(
              TestMatrices.error(w, sketched) <= 1e-5 * svd.s()[0] * Math.sqrt(m), dtype.name());
        }
      }
    }
  }

  @Test
  void refusesNonFiniteElements() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = new float[6];
      values[5] = bad;
      Matrix w = Matrix.of(values, 2, 3);
      try (Backend backend = CpuBackend.vector(2)) {
        for (SvdMethod method :
            new SvdMethod[] {new ExactSvd(), new RandomizedSvd(RandomizedOptions.paper(1, 0))}) {
          EditException e =
              assertThrows(EditException.class, () -> method.decompose("h.0.mlp", w, backend));
          assertEquals(
              "h.0.mlp: expected finite elements, found " + bad + " at row 1, column 2",
              e.getMessage());
        }
      }
    }
  }

  @Test
  void everyTruncationHasItsResidual() {
    TestMatrix w = TestMatrices.of(40, 50, TestMatrices.geometric(40, 8, 0.8), 22);
    try (Backend backend = CpuBackend.vector(2)) {
      Svd svd = new ExactSvd().decompose("w", w.matrix(), backend);
      double total = TestMatrices.error(w, new Svd(svd.u(), new double[svd.rank()], svd.v(), 0));
      for (int k : new int[] {1, 5, 39}) {
        double error = TestMatrices.error(w, svd, k);
        assertEquals(error, svd.residual(k), 1e-5 * svd.s()[0]);
        assertEquals(1 - error * error / (total * total), svd.energy(k), 1e-6);
      }
      assertEquals(0, TestMatrices.error(w, svd), 1e-5);
    }
  }

  @Test
  void numericalRankAndCondition() {
    double[] s = TestMatrices.geometric(30, 1, 0.5);
    TestMatrix w = TestMatrices.of(30, 64, s, 23);
    try (Backend backend = CpuBackend.vector(2)) {
      Svd svd = new ExactSvd().decompose("w", w.matrix(), backend);
      // Threshold 64 · 2^-23 = 2^-17: above it are the values 2^0 … 2^-16; 2^-17 equals it.
      assertEquals(17, svd.numericalRank(), 1);
      assertEquals(svd.s()[0] / svd.s()[svd.numericalRank() - 1], svd.condition());
      assertEquals(0x1p16, svd.s()[0] / svd.s()[16], 0x1p16 * 1e-2);
    }
  }

  static Backend backend(String kind, int threads) {
    return kind.equals("scalar") ? CpuBackend.scalar(threads) : CpuBackend.vector(threads);
  }

  static void assertSame(Svd expected, Svd found) {
    assertArrayEquals(expected.s(), found.s());
    assertEquals(-1, expected.u().data().mismatch(found.u().data()));
    assertEquals(-1, expected.v().data().mismatch(found.v().data()));
    assertEquals(expected.rest(), found.rest());
  }

  private static Matrix stored(Random random, DType dtype, int m, int n, boolean transposed) {
    MemorySegment data = Arena.ofAuto().allocate((long) m * n * dtype.bytes() + 1, 64).asSlice(1);
    for (int i = 0; i < m * n; i++) {
      float value = (float) random.nextGaussian();
      switch (dtype) {
        case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, value);
        case F16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(value));
        case BF16 ->
            data.set(
                ValueLayout.JAVA_SHORT_UNALIGNED,
                2L * i,
                (short) (Float.floatToRawIntBits(value) >> 16));
      }
    }
    return transposed
        ? Matrix.rowMajor(data, dtype, n, m).transposed()
        : Matrix.rowMajor(data, dtype, m, n);
  }

  /** Returns an integer matrix of rank 2, exact in float32. */
  private static TestMatrix outer(int m, int n) {
    float[] values = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        values[i * n + j] = (i + 1) * (j - 5) + 3 * (i % 4) * (j % 7);
      }
    }
    return new TestMatrix(values, m, n);
  }

  private static TestMatrix identity(int n) {
    float[] values = new float[n * n];
    for (int i = 0; i < n; i++) {
      values[i * n + i] = 1;
    }
    return new TestMatrix(values, n, n);
  }

  private static TestMatrix scaled(TestMatrix w, float factor) {
    float[] values = w.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return new TestMatrix(values, w.rows(), w.cols());
  }
}
