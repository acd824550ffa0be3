package rankine.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;
import static rankine.kernels.cpu.Binary16.EXPONENT_AND_FRACTION;
import static rankine.kernels.cpu.Binary16.MINUS_2_98;
import static rankine.kernels.cpu.Binary16.SIGN;
import static rankine.kernels.cpu.Binary16.THREE_BITS;
import static rankine.kernels.cpu.Binary16.TWO;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.INTS;
import static rankine.kernels.cpu.Lanes.ORDER;
import static rankine.kernels.cpu.Lanes.PARTIALS;
import static rankine.kernels.cpu.Lanes.SHORTS;
import static rankine.kernels.cpu.RowMajorGemvKernel.STEP;
import static rankine.kernels.cpu.RowMajorGemvKernel.TOKEN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * {@link RowMajorGemvKernel} for four tokens: W is decoded once for all. 16 sums, four tokens and
 * the five constants of binary16 are 25 of 32 vector registers. Loads are written out because C2
 * inlines no more methods of ours in a method as large as this.
 */
final class FourTokenKernel {
  private FourTokenKernel() {}

  /**
   * W in float32. Adds to {@code lanes}.
   *
   * @param at0 index in x of the first feature of token 0; at1 to at3 of the others; a token may
   *     occur twice
   * @param start byte of the same feature in the first row of W
   * @param distance bytes between two of the four rows of W
   * @param n features from the first to the end, of which one vector in every PARTIALS is taken; a
   *     whole number of PARTIALS
   * @param lanes partial sums of token t and row r: a vector at {@code to + t * TOKEN + r * STEP}
   */
  static void f32(
      float[] x,
      int at0,
      int at1,
      int at2,
      int at3,
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    int to1 = to + TOKEN;
    int to2 = to + 2 * TOKEN;
    int to3 = to + 3 * TOKEN;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s03 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, to1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, to1 + STEP);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, to1 + 2 * STEP);
    FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, to1 + 3 * STEP);
    FloatVector s20 = FloatVector.fromArray(FLOATS, lanes, to2);
    FloatVector s21 = FloatVector.fromArray(FLOATS, lanes, to2 + STEP);
    FloatVector s22 = FloatVector.fromArray(FLOATS, lanes, to2 + 2 * STEP);
    FloatVector s23 = FloatVector.fromArray(FLOATS, lanes, to2 + 3 * STEP);
    FloatVector s30 = FloatVector.fromArray(FLOATS, lanes, to3);
    FloatVector s31 = FloatVector.fromArray(FLOATS, lanes, to3 + STEP);
    FloatVector s32 = FloatVector.fromArray(FLOATS, lanes, to3 + 2 * STEP);
    FloatVector s33 = FloatVector.fromArray(FLOATS, lanes, to3 + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, at1 + i);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, at2 + i);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, at3 + i);
      long b = start + 4L * i;
      FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, b, ORDER);
      s00 = x0.fma(w0, s00);
      s10 = x1.fma(w0, s10);
      s20 = x2.fma(w0, s20);
      s30 = x3.fma(w0, s30);
      FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, w, b + distance, ORDER);
      s01 = x0.fma(w1, s01);
      s11 = x1.fma(w1, s11);
      s21 = x2.fma(w1, s21);
      s31 = x3.fma(w1, s31);
      FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, w, b + 2 * distance, ORDER);
      s02 = x0.fma(w2, s02);
      s12 = x1.fma(w2, s12);
      s22 = x2.fma(w2, s22);
      s32 = x3.fma(w2, s32);
      FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, w, b + 3 * distance, ORDER);
      s03 = x0.fma(w3, s03);
      s13 = x1.fma(w3, s13);
      s23 = x2.fma(w3, s23);
      s33 = x3.fma(w3, s33);
    }
    s00.intoArray(lanes, to);
    s01.intoArray(lanes, to + STEP);
    s02.intoArray(lanes, to + 2 * STEP);
    s03.intoArray(lanes, to + 3 * STEP);
    s10.intoArray(lanes, to1);
    s11.intoArray(lanes, to1 + STEP);
    s12.intoArray(lanes, to1 + 2 * STEP);
    s13.intoArray(lanes, to1 + 3 * STEP);
    s20.intoArray(lanes, to2);
    s21.intoArray(lanes, to2 + STEP);
    s22.intoArray(lanes, to2 + 2 * STEP);
    s23.intoArray(lanes, to2 + 3 * STEP);
    s30.intoArray(lanes, to3);
    s31.intoArray(lanes, to3 + STEP);
    s32.intoArray(lanes, to3 + 2 * STEP);
    s33.intoArray(lanes, to3 + 3 * STEP);
  }

  /** W in bfloat16; otherwise as {@link #f32}. */
  static void bf16(
      float[] x,
      int at0,
      int at1,
      int at2,
      int at3,
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    int to1 = to + TOKEN;
    int to2 = to + 2 * TOKEN;
    int to3 = to + 3 * TOKEN;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s03 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, to1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, to1 + STEP);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, to1 + 2 * STEP);
    FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, to1 + 3 * STEP);
    FloatVector s20 = FloatVector.fromArray(FLOATS, lanes, to2);
    FloatVector s21 = FloatVector.fromArray(FLOATS, lanes, to2 + STEP);
    FloatVector s22 = FloatVector.fromArray(FLOATS, lanes, to2 + 2 * STEP);
    FloatVector s23 = FloatVector.fromArray(FLOATS, lanes, to2 + 3 * STEP);
    FloatVector s30 = FloatVector.fromArray(FLOATS, lanes, to3);
    FloatVector s31 = FloatVector.fromArray(FLOATS, lanes, to3 + STEP);
    FloatVector s32 = FloatVector.fromArray(FLOATS, lanes, to3 + 2 * STEP);
    FloatVector s33 = FloatVector.fromArray(FLOATS, lanes, to3 + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, at1 + i);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, at2 + i);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, at3 + i);
      long b = start + 2L * i;
      FloatVector w0 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s00 = x0.fma(w0, s00);
      s10 = x1.fma(w0, s10);
      s20 = x2.fma(w0, s20);
      s30 = x3.fma(w0, s30);
      FloatVector w1 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b + distance, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s01 = x0.fma(w1, s01);
      s11 = x1.fma(w1, s11);
      s21 = x2.fma(w1, s21);
      s31 = x3.fma(w1, s31);
      FloatVector w2 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b + 2 * distance, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s02 = x0.fma(w2, s02);
      s12 = x1.fma(w2, s12);
      s22 = x2.fma(w2, s22);
      s32 = x3.fma(w2, s32);
      FloatVector w3 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b + 3 * distance, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s03 = x0.fma(w3, s03);
      s13 = x1.fma(w3, s13);
      s23 = x2.fma(w3, s23);
      s33 = x3.fma(w3, s33);
    }
    s00.intoArray(lanes, to);
    s01.intoArray(lanes, to + STEP);
    s02.intoArray(lanes, to + 2 * STEP);
    s03.intoArray(lanes, to + 3 * STEP);
    s10.intoArray(lanes, to1);
    s11.intoArray(lanes, to1 + STEP);
    s12.intoArray(lanes, to1 + 2 * STEP);
    s13.intoArray(lanes, to1 + 3 * STEP);
    s20.intoArray(lanes, to2);
    s21.intoArray(lanes, to2 + STEP);
    s22.intoArray(lanes, to2 + 2 * STEP);
    s23.intoArray(lanes, to2 + 3 * STEP);
    s30.intoArray(lanes, to3);
    s31.intoArray(lanes, to3 + STEP);
    s32.intoArray(lanes, to3 + 2 * STEP);
    s33.intoArray(lanes, to3 + 3 * STEP);
  }

  /**
   * W in binary16, decoded as in {@link RowMajorGemvKernel#f16}; otherwise as {@link #f32}.
   *
   * @param x the tokens times {@link Binary16#X_SCALE}
   */
  static void f16(
      float[] x,
      int at0,
      int at1,
      int at2,
      int at3,
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    int to1 = to + TOKEN;
    int to2 = to + 2 * TOKEN;
    int to3 = to + 3 * TOKEN;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s03 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, to1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, to1 + STEP);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, to1 + 2 * STEP);
    FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, to1 + 3 * STEP);
    FloatVector s20 = FloatVector.fromArray(FLOATS, lanes, to2);
    FloatVector s21 = FloatVector.fromArray(FLOATS, lanes, to2 + STEP);
    FloatVector s22 = FloatVector.fromArray(FLOATS, lanes, to2 + 2 * STEP);
    FloatVector s23 = FloatVector.fromArray(FLOATS, lanes, to2 + 3 * STEP);
    FloatVector s30 = FloatVector.fromArray(FLOATS, lanes, to3);
    FloatVector s31 = FloatVector.fromArray(FLOATS, lanes, to3 + STEP);
    FloatVector s32 = FloatVector.fromArray(FLOATS, lanes, to3 + 2 * STEP);
    FloatVector s33 = FloatVector.fromArray(FLOATS, lanes, to3 + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, at1 + i);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, at2 + i);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, at3 + i);
      long b = start + 2L * i;
      IntVector p0 =
          (IntVector) ShortVector.fromMemorySegment(SHORTS, w, b, ORDER).convertShape(S2I, INTS, 0);
      p0 = p0.lanewise(LSHL, 13);
      IntVector r0 = p0.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r0 = r0.min(r0.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      FloatVector w0 = p0.and(SIGN).or(r0).reinterpretAsFloats();
      s00 = x0.fma(w0, s00);
      s10 = x1.fma(w0, s10);
      s20 = x2.fma(w0, s20);
      s30 = x3.fma(w0, s30);
      IntVector p1 =
          (IntVector)
              ShortVector.fromMemorySegment(SHORTS, w, b + distance, ORDER)
                  .convertShape(S2I, INTS, 0);
      p1 = p1.lanewise(LSHL, 13);
      IntVector r1 = p1.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r1 = r1.min(r1.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      FloatVector w1 = p1.and(SIGN).or(r1).reinterpretAsFloats();
      s01 = x0.fma(w1, s01);
      s11 = x1.fma(w1, s11);
      s21 = x2.fma(w1, s21);
      s31 = x3.fma(w1, s31);
      IntVector p2 =
          (IntVector)
              ShortVector.fromMemorySegment(SHORTS, w, b + 2 * distance, ORDER)
                  .convertShape(S2I, INTS, 0);
      p2 = p2.lanewise(LSHL, 13);
      IntVector r2 = p2.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r2 = r2.min(r2.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      FloatVector w2 = p2.and(SIGN).or(r2).reinterpretAsFloats();
      s02 = x0.fma(w2, s02);
      s12 = x1.fma(w2, s12);
      s22 = x2.fma(w2, s22);
      s32 = x3.fma(w2, s32);
      IntVector p3 =
          (IntVector)
              ShortVector.fromMemorySegment(SHORTS, w, b + 3 * distance, ORDER)
                  .convertShape(S2I, INTS, 0);
      p3 = p3.lanewise(LSHL, 13);
      IntVector r3 = p3.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r3 = r3.min(r3.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      FloatVector w3 = p3.and(SIGN).or(r3).reinterpretAsFloats();
      s03 = x0.fma(w3, s03);
      s13 = x1.fma(w3, s13);
      s23 = x2.fma(w3, s23);
      s33 = x3.fma(w3, s33);
    }
    s00.intoArray(lanes, to);
    s01.intoArray(lanes, to + STEP);
    s02.intoArray(lanes, to + 2 * STEP);
    s03.intoArray(lanes, to + 3 * STEP);
    s10.intoArray(lanes, to1);
    s11.intoArray(lanes, to1 + STEP);
    s12.intoArray(lanes, to1 + 2 * STEP);
    s13.intoArray(lanes, to1 + 3 * STEP);
    s20.intoArray(lanes, to2);
    s21.intoArray(lanes, to2 + STEP);
    s22.intoArray(lanes, to2 + 2 * STEP);
    s23.intoArray(lanes, to2 + 3 * STEP);
    s30.intoArray(lanes, to3);
    s31.intoArray(lanes, to3 + STEP);
    s32.intoArray(lanes, to3 + 2 * STEP);
    s33.intoArray(lanes, to3 + 3 * STEP);
  }
}
