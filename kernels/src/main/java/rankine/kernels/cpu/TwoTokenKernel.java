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

/** {@link RowMajorGemvKernel} for two tokens: W is decoded once for both. */
final class TwoTokenKernel {
  private TwoTokenKernel() {}

  /**
   * W in float32. Adds to {@code lanes}.
   *
   * @param at0 index in x of the first feature of token 0; at1 of token 1; a token may occur twice
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
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    int to1 = to + TOKEN;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s03 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, to1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, to1 + STEP);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, to1 + 2 * STEP);
    FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, to1 + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, at1 + i);
      long b = start + 4L * i;
      FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, b, ORDER);
      s00 = x0.fma(w0, s00);
      s10 = x1.fma(w0, s10);
      FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, w, b + distance, ORDER);
      s01 = x0.fma(w1, s01);
      s11 = x1.fma(w1, s11);
      FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, w, b + 2 * distance, ORDER);
      s02 = x0.fma(w2, s02);
      s12 = x1.fma(w2, s12);
      FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, w, b + 3 * distance, ORDER);
      s03 = x0.fma(w3, s03);
      s13 = x1.fma(w3, s13);
    }
    s00.intoArray(lanes, to);
    s01.intoArray(lanes, to + STEP);
    s02.intoArray(lanes, to + 2 * STEP);
    s03.intoArray(lanes, to + 3 * STEP);
    s10.intoArray(lanes, to1);
    s11.intoArray(lanes, to1 + STEP);
    s12.intoArray(lanes, to1 + 2 * STEP);
    s13.intoArray(lanes, to1 + 3 * STEP);
  }

  /** W in bfloat16; otherwise as {@link #f32}. */
  static void bf16(
      float[] x,
      int at0,
      int at1,
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    int to1 = to + TOKEN;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s03 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, to1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, to1 + STEP);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, to1 + 2 * STEP);
    FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, to1 + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, at1 + i);
      long b = start + 2L * i;
      FloatVector w0 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s00 = x0.fma(w0, s00);
      s10 = x1.fma(w0, s10);
      FloatVector w1 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b + distance, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s01 = x0.fma(w1, s01);
      s11 = x1.fma(w1, s11);
      FloatVector w2 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b + 2 * distance, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s02 = x0.fma(w2, s02);
      s12 = x1.fma(w2, s12);
      FloatVector w3 =
          ((IntVector)
                  ShortVector.fromMemorySegment(SHORTS, w, b + 3 * distance, ORDER)
                      .convertShape(ZERO_EXTEND_S2I, INTS, 0))
              .lanewise(LSHL, 16)
              .reinterpretAsFloats();
      s03 = x0.fma(w3, s03);
      s13 = x1.fma(w3, s13);
    }
    s00.intoArray(lanes, to);
    s01.intoArray(lanes, to + STEP);
    s02.intoArray(lanes, to + 2 * STEP);
    s03.intoArray(lanes, to + 3 * STEP);
    s10.intoArray(lanes, to1);
    s11.intoArray(lanes, to1 + STEP);
    s12.intoArray(lanes, to1 + 2 * STEP);
    s13.intoArray(lanes, to1 + 3 * STEP);
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
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    int to1 = to + TOKEN;
    FloatVector s00 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s01 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s02 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s03 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    FloatVector s10 = FloatVector.fromArray(FLOATS, lanes, to1);
    FloatVector s11 = FloatVector.fromArray(FLOATS, lanes, to1 + STEP);
    FloatVector s12 = FloatVector.fromArray(FLOATS, lanes, to1 + 2 * STEP);
    FloatVector s13 = FloatVector.fromArray(FLOATS, lanes, to1 + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, at1 + i);
      long b = start + 2L * i;
      IntVector p0 =
          (IntVector) ShortVector.fromMemorySegment(SHORTS, w, b, ORDER).convertShape(S2I, INTS, 0);
      p0 = p0.lanewise(LSHL, 13);
      IntVector r0 = p0.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r0 = r0.min(r0.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      FloatVector w0 = p0.and(SIGN).or(r0).reinterpretAsFloats();
      s00 = x0.fma(w0, s00);
      s10 = x1.fma(w0, s10);
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
    }
    s00.intoArray(lanes, to);
    s01.intoArray(lanes, to + STEP);
    s02.intoArray(lanes, to + 2 * STEP);
    s03.intoArray(lanes, to + 3 * STEP);
    s10.intoArray(lanes, to1);
    s11.intoArray(lanes, to1 + STEP);
    s12.intoArray(lanes, to1 + 2 * STEP);
    s13.intoArray(lanes, to1 + 3 * STEP);
  }
}
