package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.LARGE_TILES;
import static rankine.kernels.cpu.Lanes.PARTIALS;

import jdk.incubator.vector.FloatVector;

/**
 * The micro-kernel of {@link SmallBatchGemm}: a tile of dot products between rows of two float32
 * matrices. A call computes one vector of the partial sums of each product, of which partial l
 * takes features l, l + {@link Lanes#PARTIALS}, …, so that blocks of features can follow each
 * other; {@link Lanes} adds them at the end.
 */
final class DotMicroKernel {

  /** Rows of x per tile. */
  static final int ROWS = LARGE_TILES ? 6 : 4;

  /** Rows of w per tile. */
  static final int COLS = LARGE_TILES ? 4 : 3;

  private DotMicroKernel() {}

  /**
   * {@code lanes(r, c) += x(r) · w(c)}, a vector of partial sums, for r in [0, ROWS) and c in [0,
   * COLS).
   *
   * @param rows index where each row of x begins, [ROWS]; a row may occur twice
   * @param from first feature, an offset to {@code rows}
   * @param wAt index where the first row of w begins
   * @param wStride floats between rows of w
   * @param n features from the first to the end, of which one vector in every PARTIALS is taken; a
   *     whole number of PARTIALS
   * @param lanes partial sums: (r, c) at {@code at + r * stride + c * PARTIALS}, a vector each
   */
  static void tile(
      float[] x,
      int[] rows,
      int from,
      float[] w,
      int wAt,
      int wStride,
      int n,
      float[] lanes,
      int at,
      int stride) {
    int r0 = rows[0] + from;
    int r1 = rows[1] + from;
    int r2 = rows[2] + from;
    int r3 = rows[3] + from;
    if (LARGE_TILES) {
      int r4 = rows[4] + from;
      int r5 = rows[5] + from;
      tile6x4(x, r0, r1, r2, r3, r4, r5, w, wAt, wStride, n, lanes, at, stride);
    } else {
      tile4x3(x, r0, r1, r2, r3, w, wAt, wStride, n, lanes, at, stride);
    }
  }

  /** 24 sums, 4 rows of w and one of x: 29 registers. */
  private static void tile6x4(
      float[] x,
      int x0,
      int x1,
      int x2,
      int x3,
      int x4,
      int x5,
      float[] w,
      int wAt,
      int wStride,
      int n,
      float[] lanes,
      int at,
      int stride) {
    int a0 = at;
    int a1 = at + stride;
    int a2 = at + 2 * stride;
    int a3 = at + 3 * stride;
    int a4 = at + 4 * stride;
    int a5 = at + 5 * stride;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, a0);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, a0 + PARTIALS);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, a0 + 2 * PARTIALS);
    FloatVector s03 = FloatVector.fromArray(FLOATS, lanes, a0 + 3 * PARTIALS);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, a1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, a1 + PARTIALS);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, a1 + 2 * PARTIALS);
    FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, a1 + 3 * PARTIALS);
    FloatVector s20 = FloatVector.fromArray(FLOATS, lanes, a2);
    FloatVector s21 = FloatVector.fromArray(FLOATS, lanes, a2 + PARTIALS);
    FloatVector s22 = FloatVector.fromArray(FLOATS, lanes, a2 + 2 * PARTIALS);
    FloatVector s23 = FloatVector.fromArray(FLOATS, lanes, a2 + 3 * PARTIALS);
    FloatVector s30 = FloatVector.fromArray(FLOATS, lanes, a3);
    FloatVector s31 = FloatVector.fromArray(FLOATS, lanes, a3 + PARTIALS);
    FloatVector s32 = FloatVector.fromArray(FLOATS, lanes, a3 + 2 * PARTIALS);
    FloatVector s33 = FloatVector.fromArray(FLOATS, lanes, a3 + 3 * PARTIALS);
    FloatVector s40 = FloatVector.fromArray(FLOATS, lanes, a4);
    FloatVector s41 = FloatVector.fromArray(FLOATS, lanes, a4 + PARTIALS);
    FloatVector s42 = FloatVector.fromArray(FLOATS, lanes, a4 + 2 * PARTIALS);
    FloatVector s43 = FloatVector.fromArray(FLOATS, lanes, a4 + 3 * PARTIALS);
    FloatVector s50 = FloatVector.fromArray(FLOATS, lanes, a5);
    FloatVector s51 = FloatVector.fromArray(FLOATS, lanes, a5 + PARTIALS);
    FloatVector s52 = FloatVector.fromArray(FLOATS, lanes, a5 + 2 * PARTIALS);
    FloatVector s53 = FloatVector.fromArray(FLOATS, lanes, a5 + 3 * PARTIALS);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, wAt + i);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, wAt + wStride + i);
      FloatVector w2 = FloatVector.fromArray(FLOATS, w, wAt + 2 * wStride + i);
      FloatVector w3 = FloatVector.fromArray(FLOATS, w, wAt + 3 * wStride + i);
      FloatVector v0 = FloatVector.fromArray(FLOATS, x, x0 + i);
      s00 = v0.fma(w0, s00);
      s01 = v0.fma(w1, s01);
      s02 = v0.fma(w2, s02);
      s03 = v0.fma(w3, s03);
      FloatVector v1 = FloatVector.fromArray(FLOATS, x, x1 + i);
      s10 = v1.fma(w0, s10);
      s11 = v1.fma(w1, s11);
      s12 = v1.fma(w2, s12);
      s13 = v1.fma(w3, s13);
      FloatVector v2 = FloatVector.fromArray(FLOATS, x, x2 + i);
      s20 = v2.fma(w0, s20);
      s21 = v2.fma(w1, s21);
      s22 = v2.fma(w2, s22);
      s23 = v2.fma(w3, s23);
      FloatVector v3 = FloatVector.fromArray(FLOATS, x, x3 + i);
      s30 = v3.fma(w0, s30);
      s31 = v3.fma(w1, s31);
      s32 = v3.fma(w2, s32);
      s33 = v3.fma(w3, s33);
      FloatVector v4 = FloatVector.fromArray(FLOATS, x, x4 + i);
      s40 = v4.fma(w0, s40);
      s41 = v4.fma(w1, s41);
      s42 = v4.fma(w2, s42);
      s43 = v4.fma(w3, s43);
      FloatVector v5 = FloatVector.fromArray(FLOATS, x, x5 + i);
      s50 = v5.fma(w0, s50);
      s51 = v5.fma(w1, s51);
      s52 = v5.fma(w2, s52);
      s53 = v5.fma(w3, s53);
    }
    s00.intoArray(lanes, a0);
    s01.intoArray(lanes, a0 + PARTIALS);
    s02.intoArray(lanes, a0 + 2 * PARTIALS);
    s03.intoArray(lanes, a0 + 3 * PARTIALS);
    s10.intoArray(lanes, a1);
    s11.intoArray(lanes, a1 + PARTIALS);
    s12.intoArray(lanes, a1 + 2 * PARTIALS);
    s13.intoArray(lanes, a1 + 3 * PARTIALS);
    s20.intoArray(lanes, a2);
    s21.intoArray(lanes, a2 + PARTIALS);
    s22.intoArray(lanes, a2 + 2 * PARTIALS);
    s23.intoArray(lanes, a2 + 3 * PARTIALS);
    s30.intoArray(lanes, a3);
    s31.intoArray(lanes, a3 + PARTIALS);
    s32.intoArray(lanes, a3 + 2 * PARTIALS);
    s33.intoArray(lanes, a3 + 3 * PARTIALS);
    s40.intoArray(lanes, a4);
    s41.intoArray(lanes, a4 + PARTIALS);
    s42.intoArray(lanes, a4 + 2 * PARTIALS);
    s43.intoArray(lanes, a4 + 3 * PARTIALS);
    s50.intoArray(lanes, a5);
    s51.intoArray(lanes, a5 + PARTIALS);
    s52.intoArray(lanes, a5 + 2 * PARTIALS);
    s53.intoArray(lanes, a5 + 3 * PARTIALS);
  }

  /** 12 sums, 3 rows of w and one of x: 16 registers. */
  private static void tile4x3(
      float[] x,
      int x0,
      int x1,
      int x2,
      int x3,
      float[] w,
      int wAt,
      int wStride,
      int n,
      float[] lanes,
      int at,
      int stride) {
    int a0 = at;
    int a1 = at + stride;
    int a2 = at + 2 * stride;
    int a3 = at + 3 * stride;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, a0);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, a0 + PARTIALS);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, a0 + 2 * PARTIALS);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, a1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, a1 + PARTIALS);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, a1 + 2 * PARTIALS);
    FloatVector s20 = FloatVector.fromArray(FLOATS, lanes, a2);
    FloatVector s21 = FloatVector.fromArray(FLOATS, lanes, a2 + PARTIALS);
    FloatVector s22 = FloatVector.fromArray(FLOATS, lanes, a2 + 2 * PARTIALS);
    FloatVector s30 = FloatVector.fromArray(FLOATS, lanes, a3);
    FloatVector s31 = FloatVector.fromArray(FLOATS, lanes, a3 + PARTIALS);
    FloatVector s32 = FloatVector.fromArray(FLOATS, lanes, a3 + 2 * PARTIALS);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, wAt + i);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, wAt + wStride + i);
      FloatVector w2 = FloatVector.fromArray(FLOATS, w, wAt + 2 * wStride + i);
      FloatVector v0 = FloatVector.fromArray(FLOATS, x, x0 + i);
      s00 = v0.fma(w0, s00);
      s01 = v0.fma(w1, s01);
      s02 = v0.fma(w2, s02);
      FloatVector v1 = FloatVector.fromArray(FLOATS, x, x1 + i);
      s10 = v1.fma(w0, s10);
      s11 = v1.fma(w1, s11);
      s12 = v1.fma(w2, s12);
      FloatVector v2 = FloatVector.fromArray(FLOATS, x, x2 + i);
      s20 = v2.fma(w0, s20);
      s21 = v2.fma(w1, s21);
      s22 = v2.fma(w2, s22);
      FloatVector v3 = FloatVector.fromArray(FLOATS, x, x3 + i);
      s30 = v3.fma(w0, s30);
      s31 = v3.fma(w1, s31);
      s32 = v3.fma(w2, s32);
    }
    s00.intoArray(lanes, a0);
    s01.intoArray(lanes, a0 + PARTIALS);
    s02.intoArray(lanes, a0 + 2 * PARTIALS);
    s10.intoArray(lanes, a1);
    s11.intoArray(lanes, a1 + PARTIALS);
    s12.intoArray(lanes, a1 + 2 * PARTIALS);
    s20.intoArray(lanes, a2);
    s21.intoArray(lanes, a2 + PARTIALS);
    s22.intoArray(lanes, a2 + 2 * PARTIALS);
    s30.intoArray(lanes, a3);
    s31.intoArray(lanes, a3 + PARTIALS);
    s32.intoArray(lanes, a3 + 2 * PARTIALS);
  }
}
