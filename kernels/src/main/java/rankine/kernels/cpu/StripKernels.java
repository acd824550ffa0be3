package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;
import rankine.kernels.Widen;

/**
 * Four rows of W, as stored, times one row of x: the kernel of decoding, bound by memory. One
 * method a stored type, for the compiler to keep each loop free of choices.
 *
 * <p>x is padded with zeros to whole vectors; W is not: where its rows are no whole number of
 * vectors, {@link #one} does the same sums row by row.
 */
final class StripKernels {
  private StripKernels() {}

  /**
   * W in float32.
   *
   * @param at where row x begins
   * @param start byte of the first row of W
   * @param stride bytes between rows of W
   * @param n features, a whole number of vectors
   * @param sums [4], {@code sums[i] = W(i) · x}
   */
  static void f32(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 4L * i;
      s0 = v.fma(Lanes.f32(w, b), s0);
      s1 = v.fma(Lanes.f32(w, b + stride), s1);
      s2 = v.fma(Lanes.f32(w, b + 2 * stride), s2);
      s3 = v.fma(Lanes.f32(w, b + 3 * stride), s3);
    }
    sums[0] = Lanes.sum(s0);
    sums[1] = Lanes.sum(s1);
    sums[2] = Lanes.sum(s2);
    sums[3] = Lanes.sum(s3);
  }

  /**
   * W in binary16. The rows are first looked through for infinities and NaN: without any (always,
   * in a sound checkpoint) widening takes half the operations. Looking also brings them into the
   * cache at the speed of memory, which the longer loop behind it would not.
   *
   * @param at where row x begins
   * @param start byte of the first row of W
   * @param stride bytes between rows of W
   * @param n features, a whole number of vectors
   * @param sums [4], {@code sums[i] = W(i) · x}
   */
  static void f16(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums) {
    boolean finite = n % (2 * COUNT) == 0;
    for (int r = 0; r < 4 && finite; r++) {
      finite = Lanes.finiteF16(w, start + r * stride, n);
    }
    if (finite) {
      f16Finite(x, at, w, start, stride, n, sums);
    } else {
      f16Pair(x, at, w, start, stride, n, sums, 0);
      f16Pair(x, at, w, start + 2 * stride, stride, n, sums, 2);
    }
  }

  private static void f16Finite(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Lanes.f16Finite(w, b), s0);
      s1 = v.fma(Lanes.f16Finite(w, b + stride), s1);
      s2 = v.fma(Lanes.f16Finite(w, b + 2 * stride), s2);
      s3 = v.fma(Lanes.f16Finite(w, b + 3 * stride), s3);
    }
    sums[0] = Lanes.sum(s0);
    sums[1] = Lanes.sum(s1);
    sums[2] = Lanes.sum(s2);
    sums[3] = Lanes.sum(s3);
  }

  /** Two rows, any values: with four the compiler would stop inlining. */
  private static void f16Pair(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums, int to) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Lanes.f16(w, b), s0);
      s1 = v.fma(Lanes.f16(w, b + stride), s1);
    }
    sums[to] = Lanes.sum(s0);
    sums[to + 1] = Lanes.sum(s1);
  }

  /**
   * W in bfloat16.
   *
   * @param at where row x begins
   * @param start byte of the first row of W
   * @param stride bytes between rows of W
   * @param n features, a whole number of vectors
   * @param sums [4], {@code sums[i] = W(i) · x}
   */
  static void bf16(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Lanes.bf16(w, b), s0);
      s1 = v.fma(Lanes.bf16(w, b + stride), s1);
      s2 = v.fma(Lanes.bf16(w, b + 2 * stride), s2);
      s3 = v.fma(Lanes.bf16(w, b + 3 * stride), s3);
    }
    sums[0] = Lanes.sum(s0);
    sums[1] = Lanes.sum(s1);
    sums[2] = Lanes.sum(s2);
    sums[3] = Lanes.sum(s3);
  }

  /** One row of W; the same sums in the same order as the strips. */
  static float one(float[] x, int at, MemorySegment w, long start, DType dtype, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int whole = n - n % COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      long b = start + (long) dtype.bytes() * i;
      FloatVector v =
          switch (dtype) {
            case F32 -> Lanes.f32(w, b);
            case F16 -> Lanes.f16(w, b);
            case BF16 -> Lanes.bf16(w, b);
          };
      sum = FloatVector.fromArray(FLOATS, x, at + i).fma(v, sum);
    }
    if (whole < n) {
      long b = start + (long) dtype.bytes() * whole;
      sum = FloatVector.fromArray(FLOATS, x, at + whole).fma(tail(w, b, dtype, n - whole), sum);
    }
    return Lanes.sum(sum);
  }

  /** The last {@code count} elements of a row, from byte {@code at}, then zeros. */
  private static FloatVector tail(MemorySegment w, long at, DType dtype, int count) {
    float[] lanes = new float[COUNT];
    for (int i = 0; i < count; i++) {
      lanes[i] = Widen.get(w.asSlice(at), dtype, i);
    }
    return FloatVector.fromArray(FLOATS, lanes, 0);
  }
}
