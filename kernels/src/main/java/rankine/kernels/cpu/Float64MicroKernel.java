package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.LARGE_TILES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The float64 micro-kernel: a tile of {@code A B} with rows of A broadcast and columns of B in
 * lanes.
 */
final class Float64MicroKernel {
  static final VectorSpecies<Double> SPECIES = Lanes.FLOATS.withLanes(double.class);
  static final int LANES = SPECIES.length();

  static final int ROWS = LARGE_TILES ? 8 : 4;
  static final int COLS = 3 * LANES;

  private Float64MicroKernel() {}

  /** Implements {@link Float64Kernels#tile}. */
  static void tile(
      double[] a, int aAt, double[] b, int bAt, int depth, double[] c, int cAt, int cStride) {
    if (LARGE_TILES) {
      tile8x3(a, aAt, b, bAt, depth, c, cAt, cStride);
    } else {
      tile4x3(a, aAt, b, bAt, depth, c, cAt, cStride);
    }
  }

  /** 24 sums, 3 vectors of B and one broadcast: 28 registers. */
  private static void tile8x3(
      double[] a, int aAt, double[] b, int bAt, int depth, double[] c, int cAt, int cStride) {
    int c0 = cAt;
    int c1 = cAt + cStride;
    int c2 = cAt + 2 * cStride;
    int c3 = cAt + 3 * cStride;
    int c4 = cAt + 4 * cStride;
    int c5 = cAt + 5 * cStride;
    int c6 = cAt + 6 * cStride;
    int c7 = cAt + 7 * cStride;
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, c, c0);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, c, c0 + LANES);
    DoubleVector s02 = DoubleVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, c, c1);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, c, c1 + LANES);
    DoubleVector s12 = DoubleVector.fromArray(SPECIES, c, c1 + 2 * LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, c, c2);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, c, c2 + LANES);
    DoubleVector s22 = DoubleVector.fromArray(SPECIES, c, c2 + 2 * LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, c, c3);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, c, c3 + LANES);
    DoubleVector s32 = DoubleVector.fromArray(SPECIES, c, c3 + 2 * LANES);
    DoubleVector s40 = DoubleVector.fromArray(SPECIES, c, c4);
    DoubleVector s41 = DoubleVector.fromArray(SPECIES, c, c4 + LANES);
    DoubleVector s42 = DoubleVector.fromArray(SPECIES, c, c4 + 2 * LANES);
    DoubleVector s50 = DoubleVector.fromArray(SPECIES, c, c5);
    DoubleVector s51 = DoubleVector.fromArray(SPECIES, c, c5 + LANES);
    DoubleVector s52 = DoubleVector.fromArray(SPECIES, c, c5 + 2 * LANES);
    DoubleVector s60 = DoubleVector.fromArray(SPECIES, c, c6);
    DoubleVector s61 = DoubleVector.fromArray(SPECIES, c, c6 + LANES);
    DoubleVector s62 = DoubleVector.fromArray(SPECIES, c, c6 + 2 * LANES);
    DoubleVector s70 = DoubleVector.fromArray(SPECIES, c, c7);
    DoubleVector s71 = DoubleVector.fromArray(SPECIES, c, c7 + LANES);
    DoubleVector s72 = DoubleVector.fromArray(SPECIES, c, c7 + 2 * LANES);
    int at = aAt;
    int end = bAt + depth * 3 * LANES;
    for (int p = bAt; p < end; p += 3 * LANES) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, p);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, p + LANES);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, p + 2 * LANES);
      DoubleVector a0 = DoubleVector.broadcast(SPECIES, a[at]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      s02 = a0.fma(b2, s02);
      DoubleVector a1 = DoubleVector.broadcast(SPECIES, a[at + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      s12 = a1.fma(b2, s12);
      DoubleVector a2 = DoubleVector.broadcast(SPECIES, a[at + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      s22 = a2.fma(b2, s22);
      DoubleVector a3 = DoubleVector.broadcast(SPECIES, a[at + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      s32 = a3.fma(b2, s32);
      DoubleVector a4 = DoubleVector.broadcast(SPECIES, a[at + 4]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      s42 = a4.fma(b2, s42);
      DoubleVector a5 = DoubleVector.broadcast(SPECIES, a[at + 5]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      s52 = a5.fma(b2, s52);
      DoubleVector a6 = DoubleVector.broadcast(SPECIES, a[at + 6]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      s62 = a6.fma(b2, s62);
      DoubleVector a7 = DoubleVector.broadcast(SPECIES, a[at + 7]);
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
      double[] a, int aAt, double[] b, int bAt, int depth, double[] c, int cAt, int cStride) {
    int c0 = cAt;
    int c1 = cAt + cStride;
    int c2 = cAt + 2 * cStride;
    int c3 = cAt + 3 * cStride;
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, c, c0);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, c, c0 + LANES);
    DoubleVector s02 = DoubleVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, c, c1);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, c, c1 + LANES);
    DoubleVector s12 = DoubleVector.fromArray(SPECIES, c, c1 + 2 * LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, c, c2);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, c, c2 + LANES);
    DoubleVector s22 = DoubleVector.fromArray(SPECIES, c, c2 + 2 * LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, c, c3);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, c, c3 + LANES);
    DoubleVector s32 = DoubleVector.fromArray(SPECIES, c, c3 + 2 * LANES);
    int at = aAt;
    int end = bAt + depth * 3 * LANES;
    for (int p = bAt; p < end; p += 3 * LANES) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, p);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, p + LANES);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, p + 2 * LANES);
      DoubleVector a0 = DoubleVector.broadcast(SPECIES, a[at]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      s02 = a0.fma(b2, s02);
      DoubleVector a1 = DoubleVector.broadcast(SPECIES, a[at + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      s12 = a1.fma(b2, s12);
      DoubleVector a2 = DoubleVector.broadcast(SPECIES, a[at + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      s22 = a2.fma(b2, s22);
      DoubleVector a3 = DoubleVector.broadcast(SPECIES, a[at + 3]);
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
