package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.kernels.Backend;

/** Products of float64 matrices against Commons Math, at sizes around the tiles and slices. */
class Float64ProductTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "5, 7, 3", "33, 257, 65", "130, 64, 1", "1, 300, 200", "97, 31, 193"})
  void product(int m, int k, int n) {
    double[] a = random(m * k, 1);
    double[] b = random(k * n, 2);
    RealMatrix expected = matrix(a, m, k).multiply(matrix(b, k, n));
    double[] first = null;
    for (int threads : new int[] {1, 2, 3}) {
      for (boolean vector : new boolean[] {false, true}) {
        try (Backend backend = vector ? CpuBackend.vector(threads) : CpuBackend.scalar(threads)) {
          double[] found = backend.matrices().product(a, m, k, b, n);
          for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
              assertEquals(expected.getEntry(i, j), found[i * n + j], 1e-13 * k);
            }
          }
          if (vector) {
            first = first == null ? found : first;
            assertArrayEquals(first, found); // the same bits for every number of threads
          }
          assertThrows(
              IllegalArgumentException.class,
              () -> backend.matrices().product(a, m, k, new double[k * n + 1], n));
        }
      }
    }
  }

  private static double[] random(int count, long seed) {
    return new Random(seed).doubles(count, -1, 1).toArray();
  }

  private static RealMatrix matrix(double[] values, int rows, int cols) {
    RealMatrix matrix = new Array2DRowRealMatrix(rows, cols);
    for (int i = 0; i < values.length; i++) {
      matrix.setEntry(i / cols, i % cols, values[i]);
    }
    return matrix;
  }
}
