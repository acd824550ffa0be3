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
   * @param lanes scratch [16 · lanes]
   */
  static void tile(
      float[] x, int xAt, int xStride, float[] w, int wAt, int n, float[] lanes, float[] sums) {
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
    s00.intoArray(lanes, 0);
    s01.intoArray(lanes, 1 * COUNT);
    s02.intoArray(lanes, 2 * COUNT);
    s03.intoArray(lanes, 3 * COUNT);
    s10.intoArray(lanes, 4 * COUNT);
    s11.intoArray(lanes, 5 * COUNT);
    s12.intoArray(lanes, 6 * COUNT);
    s13.intoArray(lanes, 7 * COUNT);
    s20.intoArray(lanes, 8 * COUNT);
    s21.intoArray(lanes, 9 * COUNT);
    s22.intoArray(lanes, 10 * COUNT);
    s23.intoArray(lanes, 11 * COUNT);
    s30.intoArray(lanes, 12 * COUNT);
    s31.intoArray(lanes, 13 * COUNT);
    s32.intoArray(lanes, 14 * COUNT);
    s33.intoArray(lanes, 15 * COUNT);
    // In a loop of its own: written out, the sums would exceed what the compiler inlines.
    for (int i = 0; i < SIZE * SIZE; i++) {
      sums[i] = Lanes.sum(FloatVector.fromArray(FLOATS, lanes, i * COUNT));
    }
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
