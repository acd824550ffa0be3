package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import rankine.kernels.DType;
import rankine.kernels.Widen;

/**
 * Four rows of W, as stored, times one row of x: the kernel of decoding, bound by memory. One
 * method a stored type, for the compiler to keep each loop free of choices; {@link StreamedProduct}
 * says which rows go together.
 *
 * <p>Lane l of a row's partial sums takes features l, l + lanes, …; {@link Lanes#sums} adds up the
 * lanes. The methods for four rows take whole vectors of features; {@link #tail} adds the rest.
 */
final class StripKernels {
  /** Rows of W that go side by side. */
  static final int ROWS = 4;

  private StripKernels() {}

  /**
   * W in float32.
   *
   * @param at where row x begins
   * @param start byte of the first row of W
   * @param distance bytes from one row of W to the next of the four
   * @param n features, a whole number of vectors
   * @param lanes partial sums of row i: a vector at {@code to + i * step}
   */
  static void f32(
      float[] x,
      int at,
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to,
      int step) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 4L * i;
      s0 = v.fma(Lanes.f32(w, b), s0);
      s1 = v.fma(Lanes.f32(w, b + distance), s1);
      s2 = v.fma(Lanes.f32(w, b + 2 * distance), s2);
      s3 = v.fma(Lanes.f32(w, b + 3 * distance), s3);
    }
    s0.intoArray(lanes, to);
    s1.intoArray(lanes, to + step);
    s2.intoArray(lanes, to + 2 * step);
    s3.intoArray(lanes, to + 3 * step);
  }

  /** W in bfloat16; parameters as {@link #f32}. */
  static void bf16(
      float[] x,
      int at,
      MemorySegment w,
      long start,
      long distance,
      int n,
      float[] lanes,
      int to,
      int step) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Lanes.bf16(w, b), s0);
      s1 = v.fma(Lanes.bf16(w, b + distance), s1);
      s2 = v.fma(Lanes.bf16(w, b + 2 * distance), s2);
      s3 = v.fma(Lanes.bf16(w, b + 3 * distance), s3);
    }
    s0.intoArray(lanes, to);
    s1.intoArray(lanes, to + step);
    s2.intoArray(lanes, to + 2 * step);
    s3.intoArray(lanes, to + 3 * step);
  }

  /**
   * Half as many rows of W in binary16 ({@link Binary16} says how); otherwise as {@link #f32}. Four
   * rows would be nearly more vector operations than C2 inlines into a method, and are no faster.
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
      int to,
      int step) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, scaled, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Binary16.value(Binary16.placed(Lanes.halves(w, b))), s0);
      s1 = v.fma(Binary16.value(Binary16.placed(Lanes.halves(w, b + distance))), s1);
    }
    s0.mul(Binary16.SUM_SCALE).intoArray(lanes, to);
    s1.mul(Binary16.SUM_SCALE).intoArray(lanes, to + step);
  }

  /** One row of W, any values of any type; {@code lanes} at {@code to}. */
  static void row(
      float[] x, int at, MemorySegment w, long start, DType dtype, int n, float[] lanes, int to) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += COUNT) {
      long b = start + (long) dtype.bytes() * i;
      FloatVector v =
          switch (dtype) {
            case F32 -> Lanes.f32(w, b);
            case F16 -> Lanes.f16(w, b);
            case BF16 -> Lanes.bf16(w, b);
          };
      sum = FloatVector.fromArray(FLOATS, x, at + i).fma(v, sum);
    }
    sum.intoArray(lanes, to);
  }

  /**
   * The last features of one row, fewer than a vector: {@code lanes[to + l] += W[l] x[at + l]},
   * zeros behind the last feature.
   *
   * @param element which element of W is the first of them
   * @param count how many
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
    if (dtype == DType.F32) {
      VectorMask<Float> inside = FLOATS.indexInRange(0, count);
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, w, 4 * element, Lanes.ORDER, inside);
      FloatVector.fromArray(FLOATS, x, at)
          .fma(v, FloatVector.fromArray(FLOATS, lanes, to))
          .intoArray(lanes, to);
      return;
    }
    // Masks on 16-bit lanes are slow where the processor has none (AVX2).
    for (int l = 0; l < COUNT; l++) {
      float v = l < count ? Widen.get(w, dtype, element + l) : 0;
      lanes[to + l] = Math.fma(x[at + l], v, lanes[to + l]);
    }
  }
}
