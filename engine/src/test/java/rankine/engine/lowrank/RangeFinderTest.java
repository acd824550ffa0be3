package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.engine.lowrank.TestMatrices.TestMatrix;
import rankine.kernels.Backend;
import rankine.kernels.Gaussian;
import rankine.kernels.cpu.CpuBackend;

/** Compares each variant with plain subspace iteration in float64 by Commons Math. */
class RangeFinderTest {
  private static final int ROWS = 64;
  private static final int COLS = 256;

  static Stream<Arguments> samples() {
    double[] step = TestMatrices.geometric(ROWS, 0.3, 0.99);
    Arrays.fill(step, 0, 8, 1);
    return Stream.of(
        Arguments.of("gaussian", TestMatrices.gaussian(ROWS, COLS, 1)),
        Arguments.of(
            "decaying", TestMatrices.of(ROWS, COLS, TestMatrices.geometric(ROWS, 3, 0.95), 2)),
        Arguments.of("steep", TestMatrices.of(ROWS, COLS, TestMatrices.geometric(ROWS, 1, 0.7), 3)),
        Arguments.of("step", TestMatrices.of(ROWS, COLS, step, 4)));
  }

  /** Right singular vectors equal to unit vectors: the worst case for a sparse sketch. */
  private static TestMatrix axisAligned() {
    float[] values = new float[ROWS * COLS];
    for (int i = 0; i < ROWS; i++) {
      values[i * COLS + i] = 1f / (i + 1);
    }
    return new TestMatrix(values, ROWS, COLS);
  }

  @Test
  void isAsAccurateAsPlainIteration() {
    assertAsAccurateAsPlainIteration("axis-aligned", axisAligned());
  }

  @Tag("thorough")
  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void isAsAccurateAsPlainIterationForOtherSpectra(String name, TestMatrix w) {
    assertAsAccurateAsPlainIteration(name, w);
  }

  /** Compares the mean error over several seeds with that of two plain iterations. */
  private static void assertAsAccurateAsPlainIteration(String name, TestMatrix w) {
    for (int rank : new int[] {8, 28}) {
      RandomizedOptions options = new RandomizedOptions(rank, 0, 2, 0);
      RangeFinder chosen = RangeFinder.of(options, ROWS, COLS);
      assertEquals(rank == 28, chosen instanceof RangeFinder.OfGram, "rank " + rank);
      assertEquals(rank == 8, chosen instanceof RangeFinder.Shifted, "rank " + rank);
      double expected = 0;
      double found = 0;
      int seeds = 6;
      try (Backend backend = CpuBackend.vector(2)) {
        for (int seed = 0; seed < seeds; seed++) {
          expected += plainError(w.real(), rank, seed) / seeds;
          Svd svd =
              new RandomizedSvd(new RandomizedOptions(rank, 0, 2, seed))
                  .decompose(name, w.matrix(), backend);
          assertEquals(rank, svd.rank());
          found += TestMatrices.error(w, svd) / seeds;
        }
      }
      double rounding = 1e-6 * w.singularValues()[0];
      assertTrue(
          found <= 1.002 * expected + rounding,
          "rank %d: %g, plain %g".formatted(rank, found, expected));
    }
  }

  /** Returns {@code ‖W - W_k‖} of algorithms 4.4 and 5.1 of Halko et al. with two iterations. */
  private static double plainError(RealMatrix w, int rank, int seed) {
    RealMatrix omega = MatrixUtils.createRealMatrix(w.getColumnDimension(), rank);
    for (int i = 0; i < w.getColumnDimension(); i++) {
      for (int j = 0; j < rank; j++) {
        omega.setEntry(i, j, Gaussian.at(seed + 100, i, j));
      }
    }
    RealMatrix q = orthonormal(w.multiply(omega));
    for (int i = 0; i < 2; i++) {
      q = orthonormal(w.multiply(orthonormal(w.transpose().multiply(q))));
    }
    RealMatrix residual = w.subtract(q.multiply(q.transpose().multiply(w)));
    return residual.getFrobeniusNorm();
  }

  private static RealMatrix orthonormal(RealMatrix x) {
    int cols = x.getColumnDimension();
    return new QRDecomposition(x).getQ().getSubMatrix(0, x.getRowDimension() - 1, 0, cols - 1);
  }

  @Test
  void choosesTheVariantWithTheLeastArithmetic() {
    RandomizedOptions paper = RandomizedOptions.paper(51, 0);
    assertEquals(new RangeFinder.Shifted(64, 1), RangeFinder.of(paper, 1024, 4096));
    assertEquals(
        new RangeFinder.OfGram(512, 3),
        RangeFinder.of(RandomizedOptions.paper(512, 0), 1024, 4096));
    assertEquals(
        new RangeFinder.Shifted(76, 2),
        RangeFinder.of(RandomizedOptions.standard(51, 0), 1024, 4096));
    assertEquals(
        new RangeFinder.Plain(51, 1),
        RangeFinder.of(new RandomizedOptions(51, 0, 1, 0), 1024, 4096));
    assertEquals(
        new RangeFinder.Plain(51, 0),
        RangeFinder.of(new RandomizedOptions(51, 0, 0, 0), 1024, 4096));
  }

  @Test
  void smallestEigenvalue() {
    for (int n : new int[] {1, 2, 7, 40}) {
      RealMatrix x = TestMatrices.gaussian(n, n + 5, n).real();
      RealMatrix g = x.multiply(x.transpose());
      double smallest =
          Arrays.stream(new EigenDecomposition(g).getRealEigenvalues()).min().orElseThrow();
      double found = SmallestEigenvalue.of(flat(g), n);
      assertTrue(found >= smallest * (1 - 1e-9) && found <= 1.1 * smallest, smallest + " " + found);
    }
    RealMatrix thin = TestMatrices.gaussian(6, 3, 1).real();
    assertEquals(0, SmallestEigenvalue.of(flat(thin.multiply(thin.transpose())), 6));
    assertEquals(0, SmallestEigenvalue.of(new double[] {1, 2, 2, 1}, 2));
  }

  private static double[] flat(RealMatrix m) {
    return Arrays.stream(m.getData()).flatMapToDouble(Arrays::stream).toArray();
  }
}
