package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.EditException;
import rankine.engine.lowrank.TestMatrices.TestMatrix;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.CpuBackend;

/** Compares the error with the optimum for the rank, from the singular values of Commons Math. */
class RandomizedSvdTest {
  static Stream<Arguments> samples() {
    double[] flat = new double[90];
    Arrays.fill(flat, 3);
    return Stream.of(
        Arguments.of("gaussian", TestMatrices.gaussian(90, 140, 1)),
        Arguments.of("decaying", TestMatrices.of(90, 100, TestMatrices.geometric(90, 10, 0.93), 2)),
        Arguments.of("steep", TestMatrices.of(70, 80, TestMatrices.geometric(70, 1, 0.75), 3)),
        Arguments.of("flat", TestMatrices.of(90, 95, flat, 4)),
        Arguments.of("tall", TestMatrices.gaussian(300, 40, 5)),
        Arguments.of("wide", TestMatrices.gaussian(40, 300, 6)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void errorIsWithinOnePercentOfTheOptimum(String name, TestMatrix w) {
    double[] s = w.singularValues();
    for (String kind : new String[] {"scalar", "vector"}) {
      try (Backend backend = ExactSvdTest.backend(kind, 2)) {
        for (int k : new int[] {1, 4, 15, 30}) {
          Svd svd =
              new RandomizedSvd(RandomizedOptions.standard(k, 7))
                  .decompose(name, w.matrix(), backend);
          assertEquals(k, svd.rank());
          double optimum = 0;
          for (int i = s.length - 1; i >= k; i--) {
            optimum += s[i] * s[i];
          }
          optimum = Math.sqrt(optimum);
          double error = TestMatrices.error(w, svd);
          assertTrue(
              error <= 1.01 * optimum + 1e-6 * s[0],
              "%s rank %d: %g, optimum %g".formatted(kind, k, error, optimum));
          assertEquals(error, svd.residual(k), 1e-3 * error + 5e-4 * s[0]);
          assertTrue(TestMatrices.deviation(svd.u()) <= 1e-5);
          assertTrue(TestMatrices.deviation(svd.v()) <= 1e-5);
        }
      }
    }
  }

  @Test
  void paperPreset() {
    assertEquals(new RandomizedOptions(20, 0, 2, 5), RandomizedOptions.paper(20, 5));
    TestMatrix w = TestMatrices.of(90, 100, TestMatrices.geometric(90, 10, 0.9), 8);
    double[] s = w.singularValues();
    try (Backend backend = CpuBackend.vector(2)) {
      Svd svd =
          new RandomizedSvd(RandomizedOptions.paper(20, 5)).decompose("w", w.matrix(), backend);
      assertEquals(20, svd.rank());
      double optimum = 0;
      for (int i = 20; i < s.length; i++) {
        optimum += s[i] * s[i];
      }
      assertEquals(Math.sqrt(optimum), TestMatrices.error(w, svd), 0.1 * Math.sqrt(optimum));
    }
  }

  @Test
  void seedDeterminesAllBits() {
    TestMatrix w = TestMatrices.gaussian(100, 120, 9);
    RandomizedSvd method = new RandomizedSvd(RandomizedOptions.standard(12, 3));
    for (String kind : new String[] {"scalar", "vector"}) {
      try (Backend one = ExactSvdTest.backend(kind, 1);
          Backend two = ExactSvdTest.backend(kind, 2)) {
        Svd svd = method.decompose("w", w.matrix(), one);
        ExactSvdTest.assertSame(svd, method.decompose("w", w.matrix(), two));
        Svd other =
            new RandomizedSvd(RandomizedOptions.standard(12, 4)).decompose("w", w.matrix(), two);
        assertNotEquals(-1, svd.u().data().mismatch(other.u().data()));
      }
    }
  }

  @Test
  void rankDeficientMatrices() {
    TestMatrix low = TestMatrices.of(50, 60, TestMatrices.geometric(7, 4, 0.8), 10);
    try (Backend backend = CpuBackend.vector(2)) {
      for (int iterations = 0; iterations < 4; iterations++) {
        Svd svd =
            new RandomizedSvd(new RandomizedOptions(20, 10, iterations, 1))
                .decompose("w", low.matrix(), backend);
        assertTrue(svd.rank() >= 7);
        assertTrue(TestMatrices.deviation(svd.u()) <= 1e-5);
        assertTrue(TestMatrices.deviation(svd.v()) <= 1e-5);
        assertTrue(TestMatrices.error(low, svd) <= 1e-5 * svd.s()[0]);
      }
      // Integers: exactly rank 1 in float32.
      float[] ones = new float[30 * 40];
      Arrays.fill(ones, 2);
      Svd one =
          new RandomizedSvd(RandomizedOptions.standard(5, 1))
              .decompose("w", Matrix.of(ones, 30, 40), backend);
      assertEquals(2 * Math.sqrt(1200), one.s()[0], 1e-5 * one.s()[0]);
      assertTrue(one.rank() == 1 || one.s()[1] < 1e-5 * one.s()[0]);
      Svd zero =
          new RandomizedSvd(RandomizedOptions.paper(5, 1))
              .decompose("w", Matrix.of(new float[12], 3, 4), backend);
      assertArrayEquals(new double[] {0}, zero.s());
      assertEquals(0, zero.rest());
    }
  }

  @Test
  void extremeScalesAndShapes() {
    try (Backend backend = CpuBackend.vector(2)) {
      for (float scale : new float[] {1e-36f, 1e-20f, 1, 1e20f, 5e37f}) {
        for (int[] shape : new int[][] {{1, 1}, {1, 40}, {40, 1}, {20, 30}}) {
          TestMatrix w = TestMatrices.gaussian(shape[0], shape[1], 11);
          for (int i = 0; i < w.values().length; i++) {
            w.values()[i] *= scale;
          }
          Svd svd =
              new RandomizedSvd(RandomizedOptions.standard(3, 1))
                  .decompose("w", w.matrix(), backend);
          double[] expected = w.singularValues();
          for (int i = 0; i < Math.min(3, expected.length); i++) {
            assertEquals(expected[i], svd.s()[i], 1e-4 * expected[0], scale + " value " + i);
          }
        }
      }
    }
  }

  @Test
  void refusesInvalidOptions() {
    assertThrows(EditException.class, () -> new RandomizedOptions(0, 0, 0, 0));
    assertThrows(EditException.class, () -> new RandomizedOptions(1, -1, 0, 0));
    assertThrows(EditException.class, () -> new RandomizedOptions(1, 0, -1, 0));
    assertEquals(7, new RandomizedOptions(Integer.MAX_VALUE, 10, 0, 0).sketch(7));
  }
}
