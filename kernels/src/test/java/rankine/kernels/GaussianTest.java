package rankine.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GaussianTest {
  /** The known-answer tests that the authors of Philox publish with their Random123 library. */
  @Test
  void philoxKnownAnswers() {
    int[] out = new int[4];
    Gaussian.philox(0, 0, 0, 0, 0, out);
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, out);
    Gaussian.philox(-1, -1, -1, -1, -1, out);
    assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, out);
    Gaussian.philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0x299f31d0_a4093822L, out);
    assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, out);
  }

  /** Equals the transform of the same Philox bits with the JDK's logarithm, sine and cosine. */
  @Test
  void matchesBoxMullerOfTheJdk() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long seed = random.nextLong();
      int row = random.nextInt(1 << 20);
      int block = random.nextInt(1 << 20);
      int[] bits = new int[4];
      Gaussian.philox(block, row, 0, 0, seed, bits);
      for (int j = 0; j < 4; j++) {
        double u = (Integer.toUnsignedLong(bits[j / 2 * 2]) + 0.5) * 0x1p-32;
        double angle = (Integer.toUnsignedLong(bits[j / 2 * 2 + 1]) + 0.5) * 0x1p-32 * 2 * Math.PI;
        double expected =
            Math.sqrt(-2 * Math.log(u)) * (j % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
        float found = Gaussian.at(seed, row, 4 * block + j);
        assertEquals((float) expected, found, Math.ulp((float) expected) + 1e-12);
      }
    }
  }

  @Test
  void aRowEqualsItsElements() {
    for (int cols = 1; cols < 20; cols++) {
      float[] row = new float[cols + 3];
      Gaussian.row(-5, 3, cols, row, 2);
      assertEquals(0, row[1]);
      assertEquals(0, row[cols + 2]);
      for (int c = 0; c < cols; c++) {
        assertEquals(Gaussian.at(-5, 3, c), row[2 + c]);
      }
    }
  }

  /** Moments of 2^18 values and correlations of neighbours are within 5 standard errors. */
  @Test
  void momentsAreThoseOfTheNormalDistribution() {
    int n = 1 << 18;
    float[] x = new float[n];
    for (int r = 0; r < 64; r++) {
      Gaussian.row(42, r, n / 64, x, r * (n / 64));
    }
    double[] moments = new double[5];
    double neighbours = 0;
    double rows = 0;
    for (int i = 0; i < n; i++) {
      double power = 1;
      for (int k = 1; k < 5; k++) {
        power *= x[i];
        moments[k] += power / n;
      }
      neighbours += x[i] * x[(i + 1) % n] / n;
      rows += x[i] * x[(i + n / 64) % n] / n;
    }
    double error = 5 / Math.sqrt(n);
    assertEquals(0, moments[1], error);
    assertEquals(1, moments[2], Math.sqrt(2) * error);
    assertEquals(0, moments[3], Math.sqrt(15) * error);
    assertEquals(3, moments[4], Math.sqrt(96) * error);
    assertEquals(0, neighbours, error);
    assertEquals(0, rows, error);
  }
}
