package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.DType;

/**
 * The GEMV kernel for column-major W: {@link FeatureSlices#STREAMS} columns of W, as stored, each
 * times one element of x, are added to the outputs one after the other. A lane is an output.
 */
final class ColumnMajorGemvKernel {
  private ColumnMajorGemvKernel() {}

  /**
   * W in float32: {@code sums[to + i] += Σ_c W[i, c] x[at + c]} over {@code c = a + k * runLength},
   * for a ascending in [0, count) and, for each a, k in [0, STREAMS).
   *
   * @param start byte of the first output in the first column
   * @param step bytes between neighbouring columns of W
   * @param runLength columns between two of the four streams
   * @param n outputs, a whole number of vectors
   */
  static void f32(
      float[] x,
      int at,
      MemorySegment w,
      long start,
      long step,
      int runLength,
      int count,
      int n,
      float[] sums,
      int to) {
    Lanes.readsMapped(w);
    for (int c = 0; c < count; c++) {
      FloatVector x0 = Lanes.broadcast(x[at + c]);
      FloatVector x1 = Lanes.broadcast(x[at + runLength + c]);
      FloatVector x2 = Lanes.broadcast(x[at + 2 * runLength + c]);
      FloatVector x3 = Lanes.broadcast(x[at + 3 * runLength + c]);
      long distance = runLength * step;
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
      int runLength,
      int count,
      int n,
      float[] sums,
      int to) {
    Lanes.readsMapped(w);
    for (int c = 0; c < count; c++) {
      FloatVector x0 = Lanes.broadcast(x[at + c]);
      FloatVector x1 = Lanes.broadcast(x[at + runLength + c]);
      FloatVector x2 = Lanes.broadcast(x[at + 2 * runLength + c]);
      FloatVector x3 = Lanes.broadcast(x[at + 3 * runLength + c]);
      long distance = runLength * step;
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
   * W in binary16; parameters as {@link #f32}. {@link #fourColumnsF16} is a plain loop because C2
   * turns it into the processor's own conversion, which the Vector API does not offer: three
   * operations per vector instead of eight.
   */
  static void f16(
      float[] x,
      int at,
      MemorySegment w,
      long start,
      long step,
      int runLength,
      int count,
      int n,
      float[] sums,
      int to) {
    long distance = runLength * step;
    for (int c = 0; c < count; c++) {
      int a = at + c;
      float x0 = x[a];
      float x1 = x[a + runLength];
      float x2 = x[a + 2 * runLength];
      float x3 = x[a + 3 * runLength];
      fourColumnsF16(x0, x1, x2, x3, w, start + c * step, distance, n, sums, to);
    }
  }

  private static void fourColumnsF16(
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

  /**
   * One column of W, of any stored type and any values, times one element of x; otherwise as {@link
   * #f32}.
   */
  static void column(
      float x, MemorySegment w, long start, DType dtype, int n, float[] sums, int to) {
    Lanes.readsMapped(w);
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
