package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Blocks of dot products between rows of two float32 matrices, held in registers. */
final class TileKernels {
  /** Rows of each matrix in a tile. */
  static final int SIZE = 4;

  private TileKernels() {}

  /**
   * {@code sums[r * 4 + c] = x(r) · w(c)}.
   *
   * @param n features, a whole number of vectors; also the stride of w
   */
  static void tile(float[] x, int xAt, int xStride, float[] w, int wAt, int n, float[] sums) {
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    FloatVector s33 = s00;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, wAt + i);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, wAt + n + i);
      FloatVector w2 = FloatVector.fromArray(FLOATS, w, wAt + 2 * n + i);
      FloatVector w3 = FloatVector.fromArray(FLOATS, w, wAt + 3 * n + i);
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, xAt + i);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      s02 = x0.fma(w2, s02);
      s03 = x0.fma(w3, s03);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, xAt + xStride + i);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      s12 = x1.fma(w2, s12);
      s13 = x1.fma(w3, s13);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, xAt + 2 * xStride + i);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      s22 = x2.fma(w2, s22);
      s23 = x2.fma(w3, s23);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, xAt + 3 * xStride + i);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
      s32 = x3.fma(w2, s32);
      s33 = x3.fma(w3, s33);
    }
    sums[0] = Lanes.sum(s00);
    sums[1] = Lanes.sum(s01);
    sums[2] = Lanes.sum(s02);
    sums[3] = Lanes.sum(s03);
    sums[4] = Lanes.sum(s10);
    sums[5] = Lanes.sum(s11);
    sums[6] = Lanes.sum(s12);
    sums[7] = Lanes.sum(s13);
    sums[8] = Lanes.sum(s20);
    sums[9] = Lanes.sum(s21);
    sums[10] = Lanes.sum(s22);
    sums[11] = Lanes.sum(s23);
    sums[12] = Lanes.sum(s30);
    sums[13] = Lanes.sum(s31);
    sums[14] = Lanes.sum(s32);
    sums[15] = Lanes.sum(s33);
  }

  /** As {@link #tile} for {@code rows} by {@code cols} of at most 4 by 4. */
  static void edge(
      float[] x,
      int xAt,
      int xStride,
      int rows,
      float[] w,
      int wAt,
      int n,
      int cols,
      float[] sums) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        sums[r * SIZE + c] = dot(x, xAt + r * xStride, w, wAt + c * n, n);
      }
    }
  }

  private static float dot(float[] x, int xAt, float[] w, int wAt, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += COUNT) {
      sum =
          FloatVector.fromArray(FLOATS, x, xAt + i)
              .fma(FloatVector.fromArray(FLOATS, w, wAt + i), sum);
    }
    return Lanes.sum(sum);
  }
}
