package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static rankine.kernels.cpu.RandomRows.floats;
import static rankine.kernels.cpu.RandomRows.rows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.kernels.ActivationFunction;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Stored;

/**
 * The vector backend against the scalar one at awkward sizes, and against itself with other numbers
 * of threads and rows, where the bits must be equal.
 */
class ParityTest {
  /** Sizes around vectors (16), tiles (4), GEMV steps (4), panels (64) and blocks (64). */
  private static final int[] WIDTHS = {1, 3, 13, 16, 17, 31, 64, 65, 207, 224, 702};

  private static final int[] OUTPUTS = {1, 3, 4, 5, 16, 63, 64, 66, 131};
  private static final int[] ROWS = {1, 2, 3, 4, 5, 8, 21, 37, 76};

  static Stream<Arguments> linears() {
    return Stream.of(DType.values())
        .flatMap(d -> Stream.of(Arguments.of(d, false), Arguments.of(d, true)));
  }

  @ParameterizedTest
  @MethodSource("linears")
  void linear(DType dtype, boolean transposed) {
    Random random = new Random(dtype.name().hashCode() + (transposed ? 1 : 0));
    try (Workers one = new Workers(1);
        Workers two = new Workers(2);
        Workers five = new Workers(5)) {
      for (int n : WIDTHS) {
        for (int m : OUTPUTS) {
          Matrix w = Stored.matrix(random, dtype, m, n, transposed);
          float[] bias = random.nextBoolean() ? floats(random, m) : null;
          boolean accumulate = random.nextBoolean();
          int most = ROWS[ROWS.length - 1];
          ActivationRows x = rows(random, most, n);
          ActivationRows before = rows(random, most, m);
          ActivationRows expected = copy(before);
          new ScalarKernels()
              .linear(new LinearGroup().reset(x).add(w, bias, accumulate, expected), one);
          ActivationRows all = copy(before);
          new VectorKernels().linear(new LinearGroup().reset(x).add(w, bias, accumulate, all), one);
          assertClose(expected, all, 4e-7 * n + 1e-6);
          ActivationRows threaded = copy(before);
          new VectorKernels()
              .linear(new LinearGroup().reset(x).add(w, bias, accumulate, threaded), two);
          assertArrayEquals(all.data(), threaded.data(), "2 threads, n=" + n + " m=" + m);
          if (n == 224) { // more workers than panels: the tokens are split too
            threaded = copy(before);
            new VectorKernels()
                .linear(new LinearGroup().reset(x).add(w, bias, accumulate, threaded), five);
            assertArrayEquals(all.data(), threaded.data(), "5 threads, n=" + n + " m=" + m);
          }
          for (int rows : ROWS) {
            ActivationRows fewer = copy(before);
            new VectorKernels()
                .linear(
                    new LinearGroup()
                        .reset(x.first(rows))
                        .add(w, bias, accumulate, fewer.first(rows)),
                    two);
            for (int t = 0; t < rows; t++) {
              assertArrayEquals(
                  Arrays.copyOfRange(all.data(), all.at(t), all.at(t) + m),
                  Arrays.copyOfRange(fewer.data(), fewer.at(t), fewer.at(t) + m),
                  rows + " rows, n=" + n + " m=" + m);
            }
          }
        }
      }
    }
  }

  /** Panels of W that exceed L2: several tiles of tokens share a part of one, in two blocks. */
  @ParameterizedTest
  @ValueSource(ints = {3136, 6272})
  void manyTokensOfManyFeatures(int n) {
    Random random = new Random(n);
    int tokens = 150;
    int m = 64;
    Matrix w = Stored.matrix(random, DType.BF16, m, n, false);
    ActivationRows x = rows(random, tokens, n);
    ActivationRows found = ActivationRows.allocate(tokens, m);
    try (Workers one = new Workers(1)) {
      new VectorKernels().linear(new LinearGroup().reset(x).add(w, null, false, found), one);
      ActivationRows expected = ActivationRows.allocate(tokens, m);
      new ScalarKernels().linear(new LinearGroup().reset(x).add(w, null, false, expected), one);
      assertClose(expected, found, 4e-7 * n + 1e-6);
      ActivationRows first = ActivationRows.allocate(1, m);
      new VectorKernels()
          .linear(new LinearGroup().reset(x.first(1)).add(w, null, false, first), one);
      assertArrayEquals(
          Arrays.copyOfRange(first.data(), first.at(0), first.at(0) + m),
          Arrays.copyOfRange(found.data(), found.at(0), found.at(0) + m));
    }
  }

  @Test
  void buffersAreReusedForAllShapes() {
    reuseBuffers(10);
  }

  @Tag("thorough")
  @Test
  void buffersAreReusedForMoreShapes() {
    reuseBuffers(60);
  }

  /** Buffers are reused from layer to layer, whatever the shapes. */
  private static void reuseBuffers(int layers) {
    Random random = new Random(7);
    VectorKernels reused = new VectorKernels();
    List<DType> dtypes = List.of(DType.values());
    int[] features = {40, 200, 768, 2048};
    int[] outputs = {50, 300, 2000};
    int[] tokens = {1, 5, 40, 100};
    try (Workers two = new Workers(2)) {
      for (int i = 0; i < layers; i++) {
        DType dtype = dtypes.get(random.nextInt(dtypes.size()));
        int n = features[random.nextInt(features.length)];
        int m = outputs[random.nextInt(outputs.length)];
        int rows = tokens[random.nextInt(tokens.length)];
        boolean transposed = random.nextBoolean();
        Matrix w = Stored.matrix(random, dtype, m, n, transposed);
        ActivationRows x = rows(random, rows, n);
        ActivationRows expected = ActivationRows.allocate(rows, m);
        new VectorKernels().linear(new LinearGroup().reset(x).add(w, null, false, expected), two);
        ActivationRows found = ActivationRows.allocate(rows, m);
        reused.linear(new LinearGroup().reset(x).add(w, null, false, found), two);
        assertArrayEquals(
            expected.data(),
            found.data(),
            "%s, %d x %d -> %d, transposed %b".formatted(dtype, rows, n, m, transposed));
      }
    }
  }

  /** Infinities and NaN of W reach the output on the routes for one, several and many tokens. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void infinitiesAndNanPropagate(boolean transposed) {
    int outputs = 64;
    short[] halves = new short[outputs * 64];
    Arrays.fill(halves, Float.floatToFloat16(0.5f));
    int row = transposed ? 1 : 64;
    int col = transposed ? outputs : 1;
    halves[2 * row + 5 * col] = 0x7c00; // infinity
    halves[3 * row + 33 * col] = (short) 0xfc00; // -infinity
    halves[6 * row + 63 * col] = 0x7e01; // NaN
    Matrix w = new Matrix(MemorySegment.ofArray(halves), DType.F16, outputs, 64, row, col);
    ActivationRows x = ActivationRows.allocate(80, 64);
    Arrays.fill(x.data(), 1f);
    try (Workers one = new Workers(1)) {
      for (int rows : new int[] {1, 3, 80}) {
        ActivationRows y = ActivationRows.allocate(rows, outputs);
        new VectorKernels()
            .linear(new LinearGroup().reset(x.first(rows)).add(w, null, false, y), one);
        float[] expected = {32, 32, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 32, 32};
        int at = y.at(0);
        assertArrayEquals(expected, Arrays.copyOfRange(y.data(), at, at + 6));
        assertEquals(Float.NaN, y.data()[at + 6]);
        assertEquals(32, y.data()[at + 7]);
      }
    }
  }

  /**
   * GEMV scales x by a power of two where W is binary16, and must not where that overflows or
   * underflows.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void binary16ExtremesHaveTheSameBitsForEveryNumberOfRows(boolean transposed) {
    int n = 70;
    int m = 67;
    float[] magnitudes = {
      1, 0x1p30f, 0x1.000002p30f, 1e30f, 0x1p-70f, 0x1p-78f, 0x1.fffffep-79f, 1e-38f, 0x1p-147f
    };
    Random random = new Random(7);
    short[] halves = new short[n * m];
    for (int i = 0; i < halves.length; i++) {
      int magnitude = random.nextInt(0x7c00); // any finite one, 1 of 31 of them subnormal
      halves[i] = (short) (magnitude | (random.nextInt() & 0x8000));
    }
    MemorySegment data = MemorySegment.ofArray(halves);
    Matrix w =
        transposed
            ? Matrix.rowMajor(data, DType.F16, n, m).transposed()
            : Matrix.rowMajor(data, DType.F16, m, n);
    try (Workers one = new Workers(1)) {
      for (float magnitude : magnitudes) {
        // The first token of a tile of two, of four, and of a panel's.
        List<ActivationRows> several = new ArrayList<>();
        ActivationRows x = rows(random, 9, n);
        for (int i = 0; i < x.at(1); i++) {
          x.data()[i] = Math.clamp(x.data()[i], -1, 1) * magnitude;
        }
        for (int tokens : new int[] {2, 3, 9}) {
          ActivationRows y = ActivationRows.allocate(tokens, m);
          new VectorKernels()
              .linear(new LinearGroup().reset(x.first(tokens)).add(w, null, false, y), one);
          several.add(y);
        }
        ActivationRows single = ActivationRows.allocate(1, m);
        new VectorKernels()
            .linear(new LinearGroup().reset(x.first(1)).add(w, null, false, single), one);
        for (int o = 0; o < m; o++) {
          float found = single.data()[ActivationRows.START + o];
          for (ActivationRows y : several) {
            assertEquals(
                y.data()[ActivationRows.START + o], found, "output " + o + ", x " + magnitude);
          }
          double exact = 0;
          double size = 0;
          for (int c = 0; c < n; c++) {
            double term = (double) w.get(o, c) * x.data()[ActivationRows.START + c];
            exact += term;
            size += Math.abs(term);
          }
          assertEquals(exact, found, 1e-5 * size + 1e-43, "output " + o);
        }
      }
    }
  }

  @Test
  void rowwise() {
    int at = ActivationRows.START;
    Random random = new Random(5);
    ScalarKernels scalar = new ScalarKernels();
    VectorKernels vector = new VectorKernels();
    for (int n : WIDTHS) {
      ActivationRows x = rows(random, 1, n);
      for (int i = 0; i < n; i++) {
        x.data()[at + i] *= 3;
      }
      ActivationRows up = rows(random, 1, n);
      float[] g = floats(random, n);
      float[] b = floats(random, n);
      ActivationRows a = ActivationRows.allocate(1, n);
      ActivationRows v = ActivationRows.allocate(1, n);
      if (n > 1) { // with one feature the variance is 0 and the quotient is rounding noise
        scalar.layerNorm(x.data(), at, n, g, b, 1e-5f, a.data(), at);
        vector.layerNorm(x.data(), at, n, g, b, 1e-5f, v.data(), at);
        assertClose(a, v, 1e-5);
      }
      scalar.rmsNorm(x.data(), at, n, g, 1e-5f, a.data(), at);
      vector.rmsNorm(x.data(), at, n, g, 1e-5f, v.data(), at);
      assertClose(a, v, 1e-5);
      for (ActivationFunction function : ActivationFunction.values()) {
        a = copy(x);
        v = copy(x);
        scalar.activate(function, a.data(), at, n);
        vector.activate(function, v.data(), at, n);
        assertClose(a, v, 1e-6);
        a = copy(x);
        v = copy(x);
        scalar.activate(function, a.data(), at, up.data(), at, n);
        vector.activate(function, v.data(), at, up.data(), at, n);
        assertClose(a, v, 1e-5);
      }
      a = copy(x);
      v = copy(x);
      scalar.add(a.data(), at, up.data(), at, n);
      vector.add(v.data(), at, up.data(), at, n);
      assertArrayEquals(a.data(), v.data());
      assertEquals(
          scalar.logSumExp(x.data(), at, n), vector.logSumExp(x.data(), at, n), 1e-5, "n=" + n);
    }
  }

  @Test
  void activationsOfLargeMagnitudeStayFinite() {
    int at = ActivationRows.START;
    float[] extremes = {-1e30f, -1000, -90, -20, -0.0f, 0, 1e-30f, 20, 90, 1000, 1e30f};
    for (ActivationFunction function : ActivationFunction.values()) {
      ActivationRows a = ActivationRows.allocate(1, extremes.length);
      System.arraycopy(extremes, 0, a.data(), at, extremes.length);
      ActivationRows v = copy(a);
      new ScalarKernels().activate(function, a.data(), at, extremes.length);
      new VectorKernels().activate(function, v.data(), at, extremes.length);
      for (int i = 0; i < extremes.length; i++) {
        assertEquals(
            a.data()[at + i],
            v.data()[at + i],
            1e-6 * Math.max(1, Math.abs(a.data()[at + i])),
            function + " " + extremes[i]);
      }
    }
  }

  private static ActivationRows copy(ActivationRows rows) {
    return new ActivationRows(rows.data().clone(), rows.rows(), rows.width(), rows.stride());
  }

  /** Also checks that the padding is still zero. */
  private static void assertClose(ActivationRows expected, ActivationRows found, double tolerance) {
    for (int t = 0; t < expected.rows(); t++) {
      for (int c = 0; c < expected.stride(); c++) {
        int i = expected.at(t) + c;
        double allowed =
            c < expected.width() ? tolerance * Math.max(1, Math.abs(expected.data()[i])) : 0;
        assertEquals(expected.data()[i], found.data()[i], allowed);
      }
    }
  }
}
