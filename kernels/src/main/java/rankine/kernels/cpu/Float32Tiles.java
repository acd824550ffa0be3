package rankine.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of float32 products in vector registers: rows of A broadcast, columns of B in lanes. */
final class Float32Tiles {
  private static final VectorSpecies<Float> SPECIES = Lanes.FLOATS;
  private static final int LANES = Lanes.COUNT;

  /** As in {@link TileKernels}: 32 registers or 16. */
  private static final boolean LARGE =
      LANES >= 16 || !System.getProperty("os.arch").equals("amd64");

  static final int ROWS = LARGE ? 8 : 4;
  static final int COLS = 3 * LANES;

  private Float32Tiles() {}

  /**
   * {@code C += A B} on one tile.
   *
   * @param a [depth][ROWS] at {@code aAt}: A, column after column
   * @param b [depth][COLS] at {@code bAt}: B, row after row
   * @param c element (i, j) at {@code cAt + i * cStride + j}
   */
  static void tile(
      float[] a, int aAt, float[] b, int bAt, int depth, float[] c, int cAt, int cStride) {
    if (LARGE) {
      tile8x3(a, aAt, b, bAt, depth, c, cAt, cStride);
    } else {
      tile4x3(a, aAt, b, bAt, depth, c, cAt, cStride);
    }
  }

  /** 24 sums, 3 vectors of B and one broadcast: 28 registers. */
  private static void tile8x3(
      float[] a, int aAt, float[] b, int bAt, int depth, float[] c, int cAt, int cStride) {
    int c0 = cAt;
    int c1 = cAt + cStride;
    int c2 = cAt + 2 * cStride;
    int c3 = cAt + 3 * cStride;
    int c4 = cAt + 4 * cStride;
    int c5 = cAt + 5 * cStride;
    int c6 = cAt + 6 * cStride;
    int c7 = cAt + 7 * cStride;
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector s02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector s12 = FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector s22 = FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    FloatVector s32 = FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, c, c4);
    FloatVector s41 = FloatVector.fromArray(SPECIES, c, c4 + LANES);
    FloatVector s42 = FloatVector.fromArray(SPECIES, c, c4 + 2 * LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, c, c5);
    FloatVector s51 = FloatVector.fromArray(SPECIES, c, c5 + LANES);
    FloatVector s52 = FloatVector.fromArray(SPECIES, c, c5 + 2 * LANES);
    FloatVector s60 = FloatVector.fromArray(SPECIES, c, c6);
    FloatVector s61 = FloatVector.fromArray(SPECIES, c, c6 + LANES);
    FloatVector s62 = FloatVector.fromArray(SPECIES, c, c6 + 2 * LANES);
    FloatVector s70 = FloatVector.fromArray(SPECIES, c, c7);
    FloatVector s71 = FloatVector.fromArray(SPECIES, c, c7 + LANES);
    FloatVector s72 = FloatVector.fromArray(SPECIES, c, c7 + 2 * LANES);
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
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s02.intoArray(c, c0 + 2 * LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s12.intoArray(c, c1 + 2 * LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s22.intoArray(c, c2 + 2 * LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s32.intoArray(c, c3 + 2 * LANES);
    s40.intoArray(c, c4);
    s41.intoArray(c, c4 + LANES);
    s42.intoArray(c, c4 + 2 * LANES);
    s50.intoArray(c, c5);
    s51.intoArray(c, c5 + LANES);
    s52.intoArray(c, c5 + 2 * LANES);
    s60.intoArray(c, c6);
    s61.intoArray(c, c6 + LANES);
    s62.intoArray(c, c6 + 2 * LANES);
    s70.intoArray(c, c7);
    s71.intoArray(c, c7 + LANES);
    s72.intoArray(c, c7 + 2 * LANES);
  }

  /** 12 sums, 3 vectors of B and one broadcast: 16 registers. */
  private static void tile4x3(
      float[] a, int aAt, float[] b, int bAt, int depth, float[] c, int cAt, int cStride) {
    int c0 = cAt;
    int c1 = cAt + cStride;
    int c2 = cAt + 2 * cStride;
    int c3 = cAt + 3 * cStride;
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector s02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector s12 = FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector s22 = FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    FloatVector s32 = FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES);
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
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s02.intoArray(c, c0 + 2 * LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s12.intoArray(c, c1 + 2 * LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s22.intoArray(c, c2 + 2 * LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s32.intoArray(c, c3 + 2 * LANES);
  }
}
