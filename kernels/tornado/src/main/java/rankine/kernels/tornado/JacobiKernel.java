package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Eigenvectors of a small symmetric matrix by one-sided Jacobi rotations (Hestenes 1958): rotates
 * pairs of rows of G until all rows are orthogonal; the accumulated rotations R are an orthogonal
 * matrix of eigenvectors. The pairs of a round are disjoint (round-robin tournament, circle
 * method), so each work-item rotates its own pair.
 */
final class JacobiKernel {
  /** Work-items of the single group. */
  static final int GROUP = 256;

  /** Maximum rows; the host solves larger problems faster. */
  static final int MAX_ROWS = 256;

  /** Rows of the matrix. */
  static final int ROWS = OpEncoding.ARGUMENTS;

  private static final int SWEEPS = 40;

  private static final double EPSILON = 0x1p-52;

  private JacobiKernel() {}

  /**
   * Replaces G [n, n], at the start of the doubles, by {@code R G} and writes R after it; both are
   * column-major, so that neighbouring work-items access neighbouring elements.
   */
  static void jacobi(KernelContext c, IntArray control, FloatArray floats, DoubleArray doubles) {
    int[] rotations = c.allocateIntLocalArray(GROUP);
    int lane = c.localIdx;
    int n = control.get(ROWS);
    int r = n * n;
    for (int i = lane; i < n; i += GROUP) {
      for (int e = 0; e < n; e++) {
        double one = 0;
        if (e == i) {
          one = 1;
        }
        doubles.set(r + e * n + i, one);
      }
    }
    int players = n + n % 2;
    int rounds = players - 1;
    double tolerance = n * EPSILON;
    int remaining = 1;
    for (int sweep = 0; sweep < SWEEPS && remaining > 0; sweep++) {
      int count = 0;
      for (int round = 0; round < rounds; round++) {
        c.globalBarrier();
        if (lane < players / 2) {
          int i = (round + lane) % rounds;
          int j = (round - lane + rounds) % rounds;
          if (lane == 0) {
            j = rounds;
          }
          if (i < n && j < n) {
            double alpha = 0;
            double beta = 0;
            double gamma = 0;
            for (int e = 0; e < n; e++) {
              double u = doubles.get(e * n + i);
              double v = doubles.get(e * n + j);
              alpha = alpha + u * u;
              beta = beta + v * v;
              gamma = gamma + u * v;
            }
            if (TornadoMath.abs(gamma) > tolerance * TornadoMath.sqrt(alpha * beta)) {
              double zeta = (beta - alpha) / (2 * gamma);
              double t = 1 / (TornadoMath.abs(zeta) + TornadoMath.sqrt(1 + zeta * zeta));
              if (zeta < 0) {
                t = -t;
              }
              double cos = 1 / TornadoMath.sqrt(1 + t * t);
              double sin = cos * t;
              for (int e = 0; e < n; e++) {
                double u = doubles.get(e * n + i);
                double v = doubles.get(e * n + j);
                doubles.set(e * n + i, cos * u - sin * v);
                doubles.set(e * n + j, sin * u + cos * v);
                double p = doubles.get(r + e * n + i);
                double q = doubles.get(r + e * n + j);
                doubles.set(r + e * n + i, cos * p - sin * q);
                doubles.set(r + e * n + j, sin * p + cos * q);
              }
              count = count + 1;
            }
          }
        }
      }
      rotations[lane] = count;
      for (int half = GROUP / 2; half > 0; half = half / 2) {
        c.localBarrier();
        if (lane < half) {
          rotations[lane] = rotations[lane] + rotations[lane + half];
        }
      }
      c.localBarrier();
      remaining = rotations[0];
      c.localBarrier();
    }
  }
}
