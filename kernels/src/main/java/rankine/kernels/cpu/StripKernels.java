package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;
import rankine.kernels.Widen;

/**
 * Eight rows of W, as stored, times one row of x: the kernel of decoding, bound by memory. One
 * method a stored type, for the compiler to keep each loop free of choices.
 *
 * <p>x is padded with zeros to whole vectors; W is not, so its last part goes through {@link
 * #tail}.
 */
final class StripKernels {
  private StripKernels() {}

  /**
   * W in float32.
   *
   * @param at where row x begins
   * @param start byte of the first row of W
   * @param stride bytes between rows of W
   * @param n features
   * @param sums [8], {@code sums[i] = W(i) · x}
   */
  static void f32(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int whole = n - n % COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 4L * i;
      s0 = v.fma(Lanes.f32(w, b), s0);
      s1 = v.fma(Lanes.f32(w, b + stride), s1);
      s2 = v.fma(Lanes.f32(w, b + 2 * stride), s2);
      s3 = v.fma(Lanes.f32(w, b + 3 * stride), s3);
      s4 = v.fma(Lanes.f32(w, b + 4 * stride), s4);
      s5 = v.fma(Lanes.f32(w, b + 5 * stride), s5);
      s6 = v.fma(Lanes.f32(w, b + 6 * stride), s6);
      s7 = v.fma(Lanes.f32(w, b + 7 * stride), s7);
    }
    if (whole < n) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + whole);
      long b = start + 4L * whole;
      s0 = v.fma(tail(w, b, DType.F32, n - whole), s0);
      s1 = v.fma(tail(w, b + stride, DType.F32, n - whole), s1);
      s2 = v.fma(tail(w, b + 2 * stride, DType.F32, n - whole), s2);
      s3 = v.fma(tail(w, b + 3 * stride, DType.F32, n - whole), s3);
      s4 = v.fma(tail(w, b + 4 * stride, DType.F32, n - whole), s4);
      s5 = v.fma(tail(w, b + 5 * stride, DType.F32, n - whole), s5);
      s6 = v.fma(tail(w, b + 6 * stride, DType.F32, n - whole), s6);
      s7 = v.fma(tail(w, b + 7 * stride, DType.F32, n - whole), s7);
    }
    sums[0] = Lanes.sum(s0);
    sums[1] = Lanes.sum(s1);
    sums[2] = Lanes.sum(s2);
    sums[3] = Lanes.sum(s3);
    sums[4] = Lanes.sum(s4);
    sums[5] = Lanes.sum(s5);
    sums[6] = Lanes.sum(s6);
    sums[7] = Lanes.sum(s7);
  }

  /**
   * W in binary16.
   *
   * @param at where row x begins
   * @param start byte of the first row of W
   * @param stride bytes between rows of W
   * @param n features
   * @param sums [8], {@code sums[i] = W(i) · x}
   */
  static void f16(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int whole = n - n % COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Lanes.f16(w, b), s0);
      s1 = v.fma(Lanes.f16(w, b + stride), s1);
      s2 = v.fma(Lanes.f16(w, b + 2 * stride), s2);
      s3 = v.fma(Lanes.f16(w, b + 3 * stride), s3);
      s4 = v.fma(Lanes.f16(w, b + 4 * stride), s4);
      s5 = v.fma(Lanes.f16(w, b + 5 * stride), s5);
      s6 = v.fma(Lanes.f16(w, b + 6 * stride), s6);
      s7 = v.fma(Lanes.f16(w, b + 7 * stride), s7);
    }
    if (whole < n) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + whole);
      long b = start + 2L * whole;
      s0 = v.fma(tail(w, b, DType.F16, n - whole), s0);
      s1 = v.fma(tail(w, b + stride, DType.F16, n - whole), s1);
      s2 = v.fma(tail(w, b + 2 * stride, DType.F16, n - whole), s2);
      s3 = v.fma(tail(w, b + 3 * stride, DType.F16, n - whole), s3);
      s4 = v.fma(tail(w, b + 4 * stride, DType.F16, n - whole), s4);
      s5 = v.fma(tail(w, b + 5 * stride, DType.F16, n - whole), s5);
      s6 = v.fma(tail(w, b + 6 * stride, DType.F16, n - whole), s6);
      s7 = v.fma(tail(w, b + 7 * stride, DType.F16, n - whole), s7);
    }
    sums[0] = Lanes.sum(s0);
    sums[1] = Lanes.sum(s1);
    sums[2] = Lanes.sum(s2);
    sums[3] = Lanes.sum(s3);
    sums[4] = Lanes.sum(s4);
    sums[5] = Lanes.sum(s5);
    sums[6] = Lanes.sum(s6);
    sums[7] = Lanes.sum(s7);
  }

  /**
   * W in bfloat16.
   *
   * @param at where row x begins
   * @param start byte of the first row of W
   * @param stride bytes between rows of W
   * @param n features
   * @param sums [8], {@code sums[i] = W(i) · x}
   */
  static void bf16(
      float[] x, int at, MemorySegment w, long start, long stride, int n, float[] sums) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int whole = n - n % COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
      long b = start + 2L * i;
      s0 = v.fma(Lanes.bf16(w, b), s0);
      s1 = v.fma(Lanes.bf16(w, b + stride), s1);
      s2 = v.fma(Lanes.bf16(w, b + 2 * stride), s2);
      s3 = v.fma(Lanes.bf16(w, b + 3 * stride), s3);
      s4 = v.fma(Lanes.bf16(w, b + 4 * stride), s4);
      s5 = v.fma(Lanes.bf16(w, b + 5 * stride), s5);
      s6 = v.fma(Lanes.bf16(w, b + 6 * stride), s6);
      s7 = v.fma(Lanes.bf16(w, b + 7 * stride), s7);
    }
    if (whole < n) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, at + whole);
      long b = start + 2L * whole;
      s0 = v.fma(tail(w, b, DType.BF16, n - whole), s0);
      s1 = v.fma(tail(w, b + stride, DType.BF16, n - whole), s1);
      s2 = v.fma(tail(w, b + 2 * stride, DType.BF16, n - whole), s2);
      s3 = v.fma(tail(w, b + 3 * stride, DType.BF16, n - whole), s3);
      s4 = v.fma(tail(w, b + 4 * stride, DType.BF16, n - whole), s4);
      s5 = v.fma(tail(w, b + 5 * stride, DType.BF16, n - whole), s5);
      s6 = v.fma(tail(w, b + 6 * stride, DType.BF16, n - whole), s6);
      s7 = v.fma(tail(w, b + 7 * stride, DType.BF16, n - whole), s7);
    }
    sums[0] = Lanes.sum(s0);
    sums[1] = Lanes.sum(s1);
    sums[2] = Lanes.sum(s2);
    sums[3] = Lanes.sum(s3);
    sums[4] = Lanes.sum(s4);
    sums[5] = Lanes.sum(s5);
    sums[6] = Lanes.sum(s6);
    sums[7] = Lanes.sum(s7);
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
