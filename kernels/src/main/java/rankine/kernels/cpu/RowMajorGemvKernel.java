package rankine.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;
import static rankine.kernels.cpu.Binary16.EXPONENT_AND_FRACTION;
import static rankine.kernels.cpu.Binary16.MINUS_2_98;
import static rankine.kernels.cpu.Binary16.SIGN;
import static rankine.kernels.cpu.Binary16.THREE_BITS;
import static rankine.kernels.cpu.Binary16.TWO;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.INTS;
import static rankine.kernels.cpu.Lanes.ORDER;
import static rankine.kernels.cpu.Lanes.PARTIALS;
import static rankine.kernels.cpu.Lanes.SHORTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import rankine.kernels.DType;
import rankine.kernels.DTypeDecoder;

/**
 * The GEMV kernel of decoding: four rows of W, as stored, times one row of x, bound by memory
 * bandwidth. Each stored type has its own method, so no loop contains a branch; {@link
 * RowMajorGemv} chooses the rows and the features per call.
 *
 * <p>Partial sum l of a row takes features l, l + {@link Lanes#PARTIALS}, …; {@link Lanes#sums}
 * adds them. A call of the methods for four rows computes one vector of partial sums; {@link #tail}
 * adds the features after the last whole PARTIALS.
 */
final class RowMajorGemvKernel {
  /** Rows of W per kernel call. */
  static final int ROWS = 4;

  /** Floats between the partial sums of two of them: those of a vector of outputs. */
  static final int STEP = COUNT * PARTIALS;

  /** Floats between the partial sums of two tokens. */
  static final int TOKEN = ROWS * STEP;

  private RowMajorGemvKernel() {}

  /**
   * W in float32. Adds to {@code lanes}.
   *
   * @param at index of the first feature in x
   * @param start byte of the same feature in the first row of W
   * @param distance bytes between two of the four rows of W
   * @param n features from the first to the end, of which one vector in every PARTIALS is taken; a
   *     whole number of PARTIALS
   * @param lanes partial sums of row i: a vector at {@code to + i * STEP}
   */
  static void f32(
      float[] x, int at, MemorySegment w, long start, long distance, int n, float[] lanes, int to) {
    Lanes.readsMapped(w);
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 4L * i;
      s0 = v.fma(Lanes.f32(w, b), s0);
      s1 = v.fma(Lanes.f32(w, b + distance), s1);
      s2 = v.fma(Lanes.f32(w, b + 2 * distance), s2);
      s3 = v.fma(Lanes.f32(w, b + 3 * distance), s3);
    }
    s0.intoArray(lanes, to);
    s1.intoArray(lanes, to + STEP);
    s2.intoArray(lanes, to + 2 * STEP);
    s3.intoArray(lanes, to + 3 * STEP);
  }

  /** W in bfloat16; otherwise as {@link #f32}. */
  static void bf16(
      float[] x, int at, MemorySegment w, long start, long distance, int n, float[] lanes, int to) {
    Lanes.readsMapped(w);
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Lanes.bf16(w, b), s0);
      s1 = v.fma(Lanes.bf16(w, b + distance), s1);
      s2 = v.fma(Lanes.bf16(w, b + 2 * distance), s2);
      s3 = v.fma(Lanes.bf16(w, b + 3 * distance), s3);
    }
    s0.intoArray(lanes, to);
    s1.intoArray(lanes, to + STEP);
    s2.intoArray(lanes, to + 2 * STEP);
    s3.intoArray(lanes, to + 3 * STEP);
  }

  /**
   * W in binary16; otherwise as {@link #f32}. Call {@link #unscale} on the complete sums.
   *
   * <p>{@link Binary16#value} is written out four times: C2 stops inlining our methods in a method
   * as large as this, and boxes a vector that a call returns.
   *
   * @param scaled x times {@link Binary16#X_SCALE}
   */
  static void f16(
      float[] scaled,
      int at,
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, to);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, to + STEP);
    FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, to + 2 * STEP);
    FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, to + 3 * STEP);
    for (int i = 0; i < n; i += PARTIALS) {
      FloatVector v = FloatVector.fromArray(FLOATS, scaled, at + i);
      long b = start + 2L * i;
      IntVector p0 =
          (IntVector) ShortVector.fromMemorySegment(SHORTS, w, b, ORDER).convertShape(S2I, INTS, 0);
      p0 = p0.lanewise(LSHL, 13);
      IntVector r0 = p0.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r0 = r0.min(r0.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      s0 = v.fma(p0.and(SIGN).or(r0).reinterpretAsFloats(), s0);
      IntVector p1 =
          (IntVector)
              ShortVector.fromMemorySegment(SHORTS, w, b + distance, ORDER)
                  .convertShape(S2I, INTS, 0);
      p1 = p1.lanewise(LSHL, 13);
      IntVector r1 = p1.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r1 = r1.min(r1.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      s1 = v.fma(p1.and(SIGN).or(r1).reinterpretAsFloats(), s1);
      IntVector p2 =
          (IntVector)
              ShortVector.fromMemorySegment(SHORTS, w, b + 2 * distance, ORDER)
                  .convertShape(S2I, INTS, 0);
      p2 = p2.lanewise(LSHL, 13);
      IntVector r2 = p2.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r2 = r2.min(r2.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      s2 = v.fma(p2.and(SIGN).or(r2).reinterpretAsFloats(), s2);
      IntVector p3 =
          (IntVector)
              ShortVector.fromMemorySegment(SHORTS, w, b + 3 * distance, ORDER)
                  .convertShape(S2I, INTS, 0);
      p3 = p3.lanewise(LSHL, 13);
      IntVector r3 = p3.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
      r3 = r3.min(r3.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts());
      s3 = v.fma(p3.and(SIGN).or(r3).reinterpretAsFloats(), s3);
    }
    s0.intoArray(lanes, to);
    s1.intoArray(lanes, to + STEP);
    s2.intoArray(lanes, to + 2 * STEP);
    s3.intoArray(lanes, to + 3 * STEP);
  }

  /** Multiplies the four partial sums of {@link #f16} by {@link Binary16#SUM_SCALE}. */
  static void unscale(float[] lanes, int to) {
    for (int i = to; i < to + ROWS * STEP; i += STEP) {
      for (int l = i; l < i + PARTIALS; l += COUNT) {
        FloatVector.fromArray(FLOATS, lanes, l).mul(Binary16.SUM_SCALE).intoArray(lanes, l);
      }
    }
  }

  /** One row of W, of any stored type and any values; stores to {@code lanes} at {@code to}. */
  static void row(
      float[] x, int at, MemorySegment w, long start, DType dtype, int n, float[] lanes, int to) {
    Lanes.readsMapped(w);
    for (int part = 0; part < PARTIALS; part += COUNT) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = part; i < n; i += PARTIALS) {
        long b = start + (long) dtype.bytes() * i;
        FloatVector v =
            switch (dtype) {
              case F32 -> Lanes.f32(w, b);
              case F16 -> Lanes.f16(w, b);
              case BF16 -> Lanes.bf16(w, b);
            };
        sum = FloatVector.fromArray(FLOATS, x, at + i).fma(v, sum);
      }
      sum.intoArray(lanes, to + part);
    }
  }

  /**
   * Adds the last features of one row, fewer than PARTIALS: {@code lanes[to + l] += W[l] x[at +
   * l]}, with zeros for W after the last feature.
   *
   * @param element index in W of the first of them
   * @param count their number
   */
  static void tail(
      float[] x,
      int at,
      MemorySegment w,
      long element,
      DType dtype,
      int count,
      float[] lanes,
      int to) {
    Lanes.readsMapped(w);
    if (dtype == DType.F32) {
      for (int part = 0; part < PARTIALS; part += COUNT) {
        VectorMask<Float> mask = FLOATS.indexInRange(part, count);
        long b = 4 * (element + part);
        FloatVector v = FloatVector.fromMemorySegment(FLOATS, w, b, ORDER, mask);
        FloatVector.fromArray(FLOATS, x, at + part)
            .fma(v, FloatVector.fromArray(FLOATS, lanes, to + part))
            .intoArray(lanes, to + part);
      }
      return;
    }
    // Masks on 16-bit lanes are slow where the processor has none (AVX2).
    for (int l = 0; l < PARTIALS; l++) {
      float v = l < count ? DTypeDecoder.get(w, dtype, element + l) : 0;
      lanes[to + l] = Math.fma(x[at + l], v, lanes[to + l]);
    }
  }
}
