package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The small matrices of one CholeskyQR pass, computed by one work-group on the device; only two
 * numbers are fetched.
 */
final class CholeskyKernel {
  /** Work-items of the single group. */
  static final int GROUP = 256;

  /** Maximum rows; the host factors larger matrices. */
  static final int MAX_ROWS = 512;

  /** Rows of the Gram matrix. */
  static final int ROWS = OpEncoding.ARGUMENTS;

  private static final double DEPENDENT = 1e-14;

  private CholeskyKernel() {}

  /**
   * Replaces the upper triangle of the Gram matrix G [q, q], at the start of the doubles, by Lᵀ of
   * the normalised rows' Gram matrix. After it in the doubles: the coefficients [q, q] of an
   * orthonormal basis of the rows, {@code max |G - I|}, 1 (0 where the rows are linearly
   * dependent), and the lengths of the rows.
   */
  static void cholesky(KernelContext c, IntArray control, FloatArray floats, DoubleArray doubles) {
    double[] tree = c.allocateDoubleLocalArray(GROUP);
    int lane = c.localIdx;
    int q = control.get(ROWS);
    int inverse = q * q;
    int results = 2 * q * q;
    int lengths = results + 2;
    double largest = 0;
    for (int i = lane; i < q; i += GROUP) {
      doubles.set(lengths + i, TornadoMath.sqrt(doubles.get(i * q + i)));
    }
    c.globalBarrier();
    for (int e = lane; e < q * q; e += GROUP) {
      int i = e / q;
      int j = e % q;
      double one = 0;
      if (i == j) {
        one = 1;
      }
      if (j >= i) {
        double value = doubles.get(e);
        largest = TornadoMath.max(largest, TornadoMath.abs(value - one));
        double product = doubles.get(lengths + i) * doubles.get(lengths + j);
        double unit = 0;
        if (product > 0) {
          unit = value / product;
        }
        doubles.set(e, unit);
      }
      doubles.set(inverse + e, one);
    }
    tree[lane] = largest;
    for (int half = GROUP / 2; half > 0; half = half / 2) {
      c.localBarrier();
      if (lane < half) {
        tree[lane] = TornadoMath.max(tree[lane], tree[lane + half]);
      }
    }
    double independent = 1;
    for (int i = 0; i < q; i++) {
      c.globalBarrier();
      for (int j = lane; j < q; j += GROUP) {
        double sum = 0;
        if (j >= i) {
          for (int k = 0; k < i; k++) {
            sum = sum + doubles.get(k * q + i) * doubles.get(k * q + j);
          }
          doubles.set(i * q + j, doubles.get(i * q + j) - sum);
        } else {
          for (int k = j; k < i; k++) {
            sum = sum + doubles.get(k * q + i) * doubles.get(inverse + k * q + j);
          }
          doubles.set(inverse + i * q + j, -sum);
        }
      }
      c.globalBarrier();
      double pivot = doubles.get(i * q + i);
      double root = 1;
      if (pivot > DEPENDENT) {
        root = TornadoMath.sqrt(pivot);
      } else {
        independent = 0;
      }
      c.globalBarrier();
      for (int j = lane; j < q; j += GROUP) {
        if (j >= i) {
          doubles.set(i * q + j, doubles.get(i * q + j) / root);
        }
        if (j <= i) {
          doubles.set(inverse + i * q + j, doubles.get(inverse + i * q + j) / root);
        }
      }
    }
    c.globalBarrier();
    for (int e = lane; e < q * q; e += GROUP) {
      double length = doubles.get(lengths + e % q);
      double coefficient = 0;
      if (length > 0) {
        coefficient = doubles.get(inverse + e) / length;
      }
      doubles.set(inverse + e, coefficient);
    }
    if (lane == 0) {
      doubles.set(results, tree[0]);
      doubles.set(results + 1, independent);
    }
  }
}
