package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;

/**
 * {@link FeatureSlices#STREAMS} columns of W, as stored, each times one element of x, added to the
 * outputs one after the other: decoding where the columns of W are contiguous. A lane is an output.
 */
final class ColumnMajorGemvKernel {
  private ColumnMajorGemvKernel() {}

  /**
   * W in float32: {@code sums[to + i] += Σ_c W[i, c] x[at + c]}, over {@code c = a + k * apart}, a
   * ascending in [0, count) and k in [0, STREAMS) for each.
   *
   * @param start byte of the first column's first output
   * @param step bytes from one column of W to the next
   * @param apart columns from one of those that go side by side to the next
   * @param n outputs, a whole number of vectors
   */
  static void f32(
      float[] x,
      int at,
      MemorySegment w,
      long start,
      long step,
      int apart,
      int count,
      int n,
      float[] sums,
      int to) {
    for (int c = 0; c < count; c++) {
      FloatVector x0 = Lanes.broadcast(x[at + c]);
      FloatVector x1 = Lanes.broadcast(x[at + apart + c]);
      FloatVector x2 = Lanes.broadcast(x[at + 2 * apart + c]);
      FloatVector x3 = Lanes.broadcast(x[at + 3 * apart + c]);
      long distance = apart * step;
      long first = start + c * step;
      for (int i = 0; i < n; i += COUNT) {
        long b = first + 4L * i;
        FloatVector s = FloatVector.fromArray(FLOATS, sums, to + i);
        s = x0.fma(Lanes.f32(w, b), s);
        s = x1.fma(Lanes.f32(w, b + distance), s);
        s = x2.fma(Lanes.f32(w, b + 2 * distance), s);
        s = x3.fma(Lanes.f32(w, b + 3 * distance), s);
        s.intoArray(sums, to + i);
      }
    }
  }

  /** W in bfloat16; parameters as {@link #f32}. */
  static void bf16(
      float[] x,
      int at,
      MemorySegment w,
      long start,
      long step,
      int apart,
      int count,
      int n,
      float[] sums,
      int to) {
    for (int c = 0; c < count; c++) {
      FloatVector x0 = Lanes.broadcast(x[at + c]);
      FloatVector x1 = Lanes.broadcast(x[at + apart + c]);
      FloatVector x2 = Lanes.broadcast(x[at + 2 * apart + c]);
      FloatVector x3 = Lanes.broadcast(x[at + 3 * apart + c]);
      long distance = apart * step;
      long first = start + c * step;
      for (int i = 0; i < n; i += COUNT) {
        long b = first + 2L * i;
        FloatVector s = FloatVector.fromArray(FLOATS, sums, to + i);
        s = x0.fma(Lanes.bf16(w, b), s);
        s = x1.fma(Lanes.bf16(w, b + distance), s);
        s = x2.fma(Lanes.bf16(w, b + 2 * distance), s);
        s = x3.fma(Lanes.bf16(w, b + 3 * distance), s);
        s.intoArray(sums, to + i);
      }
    }
  }

  /**
   * W in binary16; parameters as {@link #f32}. {@link #sideBySide} is a plain loop, for C2 makes
   * the processor's own conversion of such a one, which the Vector API does not offer: three
   * operations a vector instead of eight.
   */
  static void f16(
      float[] x,
      int at,
      MemorySegment w,
      long start,
      long step,
      int apart,
      int count,
      int n,
      float[] sums,
      int to) {
    long distance = apart * step;
    for (int c = 0; c < count; c++) {
      int a = at + c;
      float x0 = x[a];
      float x1 = x[a + apart];
      float x2 = x[a + 2 * apart];
      float x3 = x[a + 3 * apart];
      sideBySide(x0, x1, x2, x3, w, start + c * step, distance, n, sums, to);
    }
  }

  private static void sideBySide(
      float x0,
      float x1,
      float x2,
      float x3,
      MemorySegment w,
      long b0,
      long distance,
      int n,
      float[] sums,
      int to) {
    long b1 = b0 + distance;
    long b2 = b1 + distance;
    long b3 = b2 + distance;
    for (int i = 0; i < n; i++) {
      float s = sums[to + i];
      s = Math.fma(x0, Float.float16ToFloat(w.get(Binary16.HALF, b0 + 2L * i)), s);
      s = Math.fma(x1, Float.float16ToFloat(w.get(Binary16.HALF, b1 + 2L * i)), s);
      s = Math.fma(x2, Float.float16ToFloat(w.get(Binary16.HALF, b2 + 2L * i)), s);
      s = Math.fma(x3, Float.float16ToFloat(w.get(Binary16.HALF, b3 + 2L * i)), s);
      sums[to + i] = s;
    }
  }

  /** One column of W and one element of x, any values of any type; otherwise as {@link #f32}. */
  static void column(
      float x, MemorySegment w, long start, DType dtype, int n, float[] sums, int to) {
    FloatVector f = Lanes.broadcast(x);
    for (int i = 0; i < n; i += COUNT) {
      long b = start + (long) dtype.bytes() * i;
      FloatVector v =
          switch (dtype) {
            case F32 -> Lanes.f32(w, b);
            case F16 -> Lanes.f16(w, b);
            case BF16 -> Lanes.bf16(w, b);
          };
      f.fma(v, FloatVector.fromArray(FLOATS, sums, to + i)).intoArray(sums, to + i);
    }
  }
}
