package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.LARGE_TILES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The float32 micro-kernel: a tile of {@code A B} with rows of A broadcast and columns of B in
 * lanes.
 */
final class Float32MicroKernel {
  private static final VectorSpecies<Float> SPECIES = Lanes.FLOATS;
  private static final int LANES = Lanes.COUNT;

  static final int ROWS = LARGE_TILES ? 8 : 4;
  static final int COLS = 3 * LANES;

  private Float32MicroKernel() {}

  /** Allocates a tile of C. */
  static float[] allocate() {
    return new float[START + ROWS * COLS];
  }

  /**
   * {@code C = A B} for one tile.
   *
   * @param a [depth][ROWS] at {@code aAt}: A by columns
   * @param b [depth][COLS] at {@code bAt}: B by rows
   * @param c [ROWS][COLS] from START on
   */
  static void tile(float[] a, int aAt, float[] b, int bAt, int depth, float[] c) {
    if (LARGE_TILES) {
      tile8x3(a, aAt, b, bAt, depth, c);
    } else {
      tile4x3(a, aAt, b, bAt, depth, c);
    }
  }

  /**
   * {@code Y += C}, limited to the rows and columns of Y.
   *
   * @param c [ROWS][COLS] from START on
   * @param y element (i, j) at {@code yAt + i * yStride + j}
   */
  static void add(float[] c, int rows, int cols, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      int from = START + i * COLS;
      int to = yAt + i * yStride;
      if (cols == COLS) {
        for (int j = 0; j < COLS; j += LANES) {
          FloatVector.fromArray(SPECIES, y, to + j)
              .add(FloatVector.fromArray(SPECIES, c, from + j))
              .intoArray(y, to + j);
        }
      } else {
        for (int j = 0; j < cols; j++) {
          y[to + j] += c[from + j];
        }
      }
    }
  }

  /** 24 sums, 3 vectors of B and one broadcast: 28 registers. */
  private static void tile8x3(float[] a, int aAt, float[] b, int bAt, int depth, float[] c) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s02 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s12 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s21 = FloatVector.zero(SPECIES);
    FloatVector s22 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector s31 = FloatVector.zero(SPECIES);
    FloatVector s32 = FloatVector.zero(SPECIES);
    FloatVector s40 = FloatVector.zero(SPECIES);
    FloatVector s41 = FloatVector.zero(SPECIES);
    FloatVector s42 = FloatVector.zero(SPECIES);
    FloatVector s50 = FloatVector.zero(SPECIES);
    FloatVector s51 = FloatVector.zero(SPECIES);
    FloatVector s52 = FloatVector.zero(SPECIES);
    FloatVector s60 = FloatVector.zero(SPECIES);
    FloatVector s61 = FloatVector.zero(SPECIES);
    FloatVector s62 = FloatVector.zero(SPECIES);
    FloatVector s70 = FloatVector.zero(SPECIES);
    FloatVector s71 = FloatVector.zero(SPECIES);
    FloatVector s72 = FloatVector.zero(SPECIES);
    int at = aAt;
    int end = bAt + depth * 3 * LANES;
    for (int p = bAt; p < end; p += 3 * LANES) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, p);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, p + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, p + 2 * LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      s02 = a0.fma(b2, s02);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      s12 = a1.fma(b2, s12);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      s22 = a2.fma(b2, s22);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      s32 = a3.fma(b2, s32);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[at + 4]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      s42 = a4.fma(b2, s42);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[at + 5]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      s52 = a5.fma(b2, s52);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[at + 6]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      s62 = a6.fma(b2, s62);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[at + 7]);
      s70 = a7.fma(b0, s70);
      s71 = a7.fma(b1, s71);
      s72 = a7.fma(b2, s72);
      at += 8;
    }
    s00.intoArray(c, START);
    s01.intoArray(c, START + LANES);
    s02.intoArray(c, START + 2 * LANES);
    s10.intoArray(c, START + COLS);
    s11.intoArray(c, START + COLS + LANES);
    s12.intoArray(c, START + COLS + 2 * LANES);
    s20.intoArray(c, START + 2 * COLS);
    s21.intoArray(c, START + 2 * COLS + LANES);
    s22.intoArray(c, START + 2 * COLS + 2 * LANES);
    s30.intoArray(c, START + 3 * COLS);
    s31.intoArray(c, START + 3 * COLS + LANES);
    s32.intoArray(c, START + 3 * COLS + 2 * LANES);
    s40.intoArray(c, START + 4 * COLS);
    s41.intoArray(c, START + 4 * COLS + LANES);
    s42.intoArray(c, START + 4 * COLS + 2 * LANES);
    s50.intoArray(c, START + 5 * COLS);
    s51.intoArray(c, START + 5 * COLS + LANES);
    s52.intoArray(c, START + 5 * COLS + 2 * LANES);
    s60.intoArray(c, START + 6 * COLS);
    s61.intoArray(c, START + 6 * COLS + LANES);
    s62.intoArray(c, START + 6 * COLS + 2 * LANES);
    s70.intoArray(c, START + 7 * COLS);
    s71.intoArray(c, START + 7 * COLS + LANES);
    s72.intoArray(c, START + 7 * COLS + 2 * LANES);
  }

  /** 12 sums, 3 vectors of B and one broadcast: 16 registers. */
  private static void tile4x3(float[] a, int aAt, float[] b, int bAt, int depth, float[] c) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s02 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s12 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s21 = FloatVector.zero(SPECIES);
    FloatVector s22 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector s31 = FloatVector.zero(SPECIES);
    FloatVector s32 = FloatVector.zero(SPECIES);
    int at = aAt;
    int end = bAt + depth * 3 * LANES;
    for (int p = bAt; p < end; p += 3 * LANES) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, p);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, p + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, p + 2 * LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[at]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      s02 = a0.fma(b2, s02);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[at + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      s12 = a1.fma(b2, s12);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[at + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      s22 = a2.fma(b2, s22);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[at + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      s32 = a3.fma(b2, s32);
      at += 4;
    }
    s00.intoArray(c, START);
    s01.intoArray(c, START + LANES);
    s02.intoArray(c, START + 2 * LANES);
    s10.intoArray(c, START + COLS);
    s11.intoArray(c, START + COLS + LANES);
    s12.intoArray(c, START + COLS + 2 * LANES);
    s20.intoArray(c, START + 2 * COLS);
    s21.intoArray(c, START + 2 * COLS + LANES);
    s22.intoArray(c, START + 2 * COLS + 2 * LANES);
    s30.intoArray(c, START + 3 * COLS);
    s31.intoArray(c, START + 3 * COLS + LANES);
    s32.intoArray(c, START + 3 * COLS + 2 * LANES);
  }
}
