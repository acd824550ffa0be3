package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.LARGE_TILES;

import jdk.incubator.vector.FloatVector;

/**
 * The micro-kernel of {@link RowMajorGemm}: a tile of {@code X Wᵀ} as a sum of outer products, with
 * outputs in the lanes and a feature of a token broadcast over them. A call takes the features of
 * one partial sum of {@link Lanes#sum(float[], int)}, every PARTIALS-th, and adds it to those
 * before it.
 */
final class RowMajorMicroKernel {

  /** Tokens per tile. */
  static final int ROWS = 6;

  /** Outputs per tile. */
  static final int COLS = (LARGE_TILES ? 4 : 2) * COUNT;

  private RowMajorMicroKernel() {}

  /**
   * {@code sums(to)[r][o] = sums(from)[r][o] + (x[0][r] w[0][o] + x[1][r] w[1][o] + …)}; the sum in
   * parentheses runs from left to right, each product fused with it.
   *
   * @param x [depth][ROWS] at {@code xAt}
   * @param w [depth][COLS] at {@code wAt}
   * @param sums two tiles [ROWS][COLS], at {@code from} and {@code to}, which may be equal
   */
  static void tile(
      float[] x, int xAt, int depth, float[] w, int wAt, float[] sums, int from, int to) {
    if (LARGE_TILES) {
      tile6x4(x, xAt, depth, w, wAt, sums, from, to);
    } else {
      tile6x2(x, xAt, depth, w, wAt, sums, from, to);
    }
  }

  /** 24 sums, 4 vectors of w and one broadcast: 29 registers. */
  private static void tile6x4(
      float[] x, int xAt, int depth, float[] w, int wAt, float[] sums, int from, int to) {
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s02 = FloatVector.zero(FLOATS);
    FloatVector s03 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s12 = FloatVector.zero(FLOATS);
    FloatVector s13 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s22 = FloatVector.zero(FLOATS);
    FloatVector s23 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    FloatVector s32 = FloatVector.zero(FLOATS);
    FloatVector s33 = FloatVector.zero(FLOATS);
    FloatVector s40 = FloatVector.zero(FLOATS);
    FloatVector s41 = FloatVector.zero(FLOATS);
    FloatVector s42 = FloatVector.zero(FLOATS);
    FloatVector s43 = FloatVector.zero(FLOATS);
    FloatVector s50 = FloatVector.zero(FLOATS);
    FloatVector s51 = FloatVector.zero(FLOATS);
    FloatVector s52 = FloatVector.zero(FLOATS);
    FloatVector s53 = FloatVector.zero(FLOATS);
    int end = xAt + depth * ROWS;
    int at = wAt;
    for (int i = xAt; i < end; i += ROWS) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, at);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, at + COUNT);
      FloatVector w2 = FloatVector.fromArray(FLOATS, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(FLOATS, w, at + 3 * COUNT);
      FloatVector v0 = FloatVector.broadcast(FLOATS, x[i]);
      s00 = v0.fma(w0, s00);
      s01 = v0.fma(w1, s01);
      s02 = v0.fma(w2, s02);
      s03 = v0.fma(w3, s03);
      FloatVector v1 = FloatVector.broadcast(FLOATS, x[i + 1]);
      s10 = v1.fma(w0, s10);
      s11 = v1.fma(w1, s11);
      s12 = v1.fma(w2, s12);
      s13 = v1.fma(w3, s13);
      FloatVector v2 = FloatVector.broadcast(FLOATS, x[i + 2]);
      s20 = v2.fma(w0, s20);
      s21 = v2.fma(w1, s21);
      s22 = v2.fma(w2, s22);
      s23 = v2.fma(w3, s23);
      FloatVector v3 = FloatVector.broadcast(FLOATS, x[i + 3]);
      s30 = v3.fma(w0, s30);
      s31 = v3.fma(w1, s31);
      s32 = v3.fma(w2, s32);
      s33 = v3.fma(w3, s33);
      FloatVector v4 = FloatVector.broadcast(FLOATS, x[i + 4]);
      s40 = v4.fma(w0, s40);
      s41 = v4.fma(w1, s41);
      s42 = v4.fma(w2, s42);
      s43 = v4.fma(w3, s43);
      FloatVector v5 = FloatVector.broadcast(FLOATS, x[i + 5]);
      s50 = v5.fma(w0, s50);
      s51 = v5.fma(w1, s51);
      s52 = v5.fma(w2, s52);
      s53 = v5.fma(w3, s53);
      at += 4 * COUNT;
    }
    s00 = s00.add(FloatVector.fromArray(FLOATS, sums, from));
    s01 = s01.add(FloatVector.fromArray(FLOATS, sums, from + COUNT));
    s02 = s02.add(FloatVector.fromArray(FLOATS, sums, from + 2 * COUNT));
    s03 = s03.add(FloatVector.fromArray(FLOATS, sums, from + 3 * COUNT));
    s10 = s10.add(FloatVector.fromArray(FLOATS, sums, from + 4 * COUNT));
    s11 = s11.add(FloatVector.fromArray(FLOATS, sums, from + 5 * COUNT));
    s12 = s12.add(FloatVector.fromArray(FLOATS, sums, from + 6 * COUNT));
    s13 = s13.add(FloatVector.fromArray(FLOATS, sums, from + 7 * COUNT));
    s20 = s20.add(FloatVector.fromArray(FLOATS, sums, from + 8 * COUNT));
    s21 = s21.add(FloatVector.fromArray(FLOATS, sums, from + 9 * COUNT));
    s22 = s22.add(FloatVector.fromArray(FLOATS, sums, from + 10 * COUNT));
    s23 = s23.add(FloatVector.fromArray(FLOATS, sums, from + 11 * COUNT));
    s30 = s30.add(FloatVector.fromArray(FLOATS, sums, from + 12 * COUNT));
    s31 = s31.add(FloatVector.fromArray(FLOATS, sums, from + 13 * COUNT));
    s32 = s32.add(FloatVector.fromArray(FLOATS, sums, from + 14 * COUNT));
    s33 = s33.add(FloatVector.fromArray(FLOATS, sums, from + 15 * COUNT));
    s40 = s40.add(FloatVector.fromArray(FLOATS, sums, from + 16 * COUNT));
    s41 = s41.add(FloatVector.fromArray(FLOATS, sums, from + 17 * COUNT));
    s42 = s42.add(FloatVector.fromArray(FLOATS, sums, from + 18 * COUNT));
    s43 = s43.add(FloatVector.fromArray(FLOATS, sums, from + 19 * COUNT));
    s50 = s50.add(FloatVector.fromArray(FLOATS, sums, from + 20 * COUNT));
    s51 = s51.add(FloatVector.fromArray(FLOATS, sums, from + 21 * COUNT));
    s52 = s52.add(FloatVector.fromArray(FLOATS, sums, from + 22 * COUNT));
    s53 = s53.add(FloatVector.fromArray(FLOATS, sums, from + 23 * COUNT));
    s00.intoArray(sums, to);
    s01.intoArray(sums, to + COUNT);
    s02.intoArray(sums, to + 2 * COUNT);
    s03.intoArray(sums, to + 3 * COUNT);
    s10.intoArray(sums, to + 4 * COUNT);
    s11.intoArray(sums, to + 5 * COUNT);
    s12.intoArray(sums, to + 6 * COUNT);
    s13.intoArray(sums, to + 7 * COUNT);
    s20.intoArray(sums, to + 8 * COUNT);
    s21.intoArray(sums, to + 9 * COUNT);
    s22.intoArray(sums, to + 10 * COUNT);
    s23.intoArray(sums, to + 11 * COUNT);
    s30.intoArray(sums, to + 12 * COUNT);
    s31.intoArray(sums, to + 13 * COUNT);
    s32.intoArray(sums, to + 14 * COUNT);
    s33.intoArray(sums, to + 15 * COUNT);
    s40.intoArray(sums, to + 16 * COUNT);
    s41.intoArray(sums, to + 17 * COUNT);
    s42.intoArray(sums, to + 18 * COUNT);
    s43.intoArray(sums, to + 19 * COUNT);
    s50.intoArray(sums, to + 20 * COUNT);
    s51.intoArray(sums, to + 21 * COUNT);
    s52.intoArray(sums, to + 22 * COUNT);
    s53.intoArray(sums, to + 23 * COUNT);
  }

  /** 12 sums, 2 vectors of w and one broadcast: 15 registers. */
  private static void tile6x2(
      float[] x, int xAt, int depth, float[] w, int wAt, float[] sums, int from, int to) {
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    FloatVector s40 = FloatVector.zero(FLOATS);
    FloatVector s41 = FloatVector.zero(FLOATS);
    FloatVector s50 = FloatVector.zero(FLOATS);
    FloatVector s51 = FloatVector.zero(FLOATS);
    int end = xAt + depth * ROWS;
    int at = wAt;
    for (int i = xAt; i < end; i += ROWS) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, w, at);
      FloatVector w1 = FloatVector.fromArray(FLOATS, w, at + COUNT);
      FloatVector v0 = FloatVector.broadcast(FLOATS, x[i]);
      s00 = v0.fma(w0, s00);
      s01 = v0.fma(w1, s01);
      FloatVector v1 = FloatVector.broadcast(FLOATS, x[i + 1]);
      s10 = v1.fma(w0, s10);
      s11 = v1.fma(w1, s11);
      FloatVector v2 = FloatVector.broadcast(FLOATS, x[i + 2]);
      s20 = v2.fma(w0, s20);
      s21 = v2.fma(w1, s21);
      FloatVector v3 = FloatVector.broadcast(FLOATS, x[i + 3]);
      s30 = v3.fma(w0, s30);
      s31 = v3.fma(w1, s31);
      FloatVector v4 = FloatVector.broadcast(FLOATS, x[i + 4]);
      s40 = v4.fma(w0, s40);
      s41 = v4.fma(w1, s41);
      FloatVector v5 = FloatVector.broadcast(FLOATS, x[i + 5]);
      s50 = v5.fma(w0, s50);
      s51 = v5.fma(w1, s51);
      at += 2 * COUNT;
    }
    s00 = s00.add(FloatVector.fromArray(FLOATS, sums, from));
    s01 = s01.add(FloatVector.fromArray(FLOATS, sums, from + COUNT));
    s10 = s10.add(FloatVector.fromArray(FLOATS, sums, from + 2 * COUNT));
    s11 = s11.add(FloatVector.fromArray(FLOATS, sums, from + 3 * COUNT));
    s20 = s20.add(FloatVector.fromArray(FLOATS, sums, from + 4 * COUNT));
    s21 = s21.add(FloatVector.fromArray(FLOATS, sums, from + 5 * COUNT));
    s30 = s30.add(FloatVector.fromArray(FLOATS, sums, from + 6 * COUNT));
    s31 = s31.add(FloatVector.fromArray(FLOATS, sums, from + 7 * COUNT));
    s40 = s40.add(FloatVector.fromArray(FLOATS, sums, from + 8 * COUNT));
    s41 = s41.add(FloatVector.fromArray(FLOATS, sums, from + 9 * COUNT));
    s50 = s50.add(FloatVector.fromArray(FLOATS, sums, from + 10 * COUNT));
    s51 = s51.add(FloatVector.fromArray(FLOATS, sums, from + 11 * COUNT));
    s00.intoArray(sums, to);
    s01.intoArray(sums, to + COUNT);
    s10.intoArray(sums, to + 2 * COUNT);
    s11.intoArray(sums, to + 3 * COUNT);
    s20.intoArray(sums, to + 4 * COUNT);
    s21.intoArray(sums, to + 5 * COUNT);
    s30.intoArray(sums, to + 6 * COUNT);
    s31.intoArray(sums, to + 7 * COUNT);
    s40.intoArray(sums, to + 8 * COUNT);
    s41.intoArray(sums, to + 9 * COUNT);
    s50.intoArray(sums, to + 10 * COUNT);
    s51.intoArray(sums, to + 11 * COUNT);
  }
}
