package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * The small matrices of CholeskyQR, in one group: all of them stay on the device, two numbers leave
 * it.
 */
final class CholeskyKernel {
  /** Work-items of the one group. */
  static final int GROUP = 256;

  /** Rows at most; beyond it the host factors. */
  static final int MOST_ROWS = 512;

  /** Rows of the Gram matrix. */
  static final int ROWS = OpEncoding.ARGUMENTS;

  private static final double DEPENDENT = 1e-14;

  private CholeskyKernel() {}

  /**
   * The upper half of G [q, q] at the start of the doubles, of some rows, becomes Lᵀ of those rows
   * brought to length 1; behind it come the coefficients [q, q] that make an orthonormal basis of
   * them, then {@code max |G - I|}, then 1 or, where the rows depend on each other, 0, then
   * lengths.
   */
  static void cholesky(
      KernelContext c, IntArray control, FloatArray floats, LongArray halves, DoubleArray doubles) {
    double[] tree = c.allocateDoubleLocalArray(GROUP);
    int lane = c.localIdx;
    int q = control.get(ROWS);
    int inverse = q * q;
    int answers = 2 * q * q;
    int lengths = answers + 2;
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
    double fine = 1;
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
        fine = 0;
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
      doubles.set(answers, tree[0]);
      doubles.set(answers + 1, fine);
    }
  }
}
