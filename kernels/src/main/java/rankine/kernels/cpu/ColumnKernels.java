package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import rankine.kernels.DType;

/**
 * Four columns of W, as stored, each times one element of x, added to the outputs one after the
 * other: decoding where the columns of W are contiguous. A lane is an output.
 */
final class ColumnKernels {
  /** Columns of W that go side by side. */
  static final int COLS = 4;

  private ColumnKernels() {}

  /**
   * W in float32: {@code sums[to + i] += Σ_c W[i, c] x[at + c]}, c ascending in [0, COLS).
   *
   * @param start byte of the first column's first output
   * @param distance bytes from one column of W to the next
   * @param n outputs, a whole number of vectors
   */
  static void f32(
      float[] x, int at, MemorySegment w, long start, long distance, int n, float[] sums, int to) {
    FloatVector x0 = Lanes.broadcast(x[at]);
    FloatVector x1 = Lanes.broadcast(x[at + 1]);
    FloatVector x2 = Lanes.broadcast(x[at + 2]);
    FloatVector x3 = Lanes.broadcast(x[at + 3]);
    for (int i = 0; i < n; i += COUNT) {
      long b = start + 4L * i;
      FloatVector s = FloatVector.fromArray(FLOATS, sums, to + i);
      s = x0.fma(Lanes.f32(w, b), s);
      s = x1.fma(Lanes.f32(w, b + distance), s);
      s = x2.fma(Lanes.f32(w, b + 2 * distance), s);
      s = x3.fma(Lanes.f32(w, b + 3 * distance), s);
      s.intoArray(sums, to + i);
    }
  }

  /** W in bfloat16; parameters as {@link #f32}. */
  static void bf16(
      float[] x, int at, MemorySegment w, long start, long distance, int n, float[] sums, int to) {
    FloatVector x0 = Lanes.broadcast(x[at]);
    FloatVector x1 = Lanes.broadcast(x[at + 1]);
    FloatVector x2 = Lanes.broadcast(x[at + 2]);
    FloatVector x3 = Lanes.broadcast(x[at + 3]);
    for (int i = 0; i < n; i += COUNT) {
      long b = start + 2L * i;
      FloatVector s = FloatVector.fromArray(FLOATS, sums, to + i);
      s = x0.fma(Lanes.bf16(w, b), s);
      s = x1.fma(Lanes.bf16(w, b + distance), s);
      s = x2.fma(Lanes.bf16(w, b + 2 * distance), s);
      s = x3.fma(Lanes.bf16(w, b + 3 * distance), s);
      s.intoArray(sums, to + i);
    }
  }

  /**
   * W in binary16; parameters as {@link #f32}, arithmetic and limits as {@link StripKernels#f16}.
   *
   * @return whether W is finite; if not, {@code sums} are wrong
   */
  static boolean f16(
      float[] x, int at, MemorySegment w, long start, long distance, int n, float[] sums, int to) {
    FloatVector x0 = Lanes.broadcast(x[at] * StripKernels.BINARY16_SCALE);
    FloatVector x1 = Lanes.broadcast(x[at + 1] * StripKernels.BINARY16_SCALE);
    FloatVector x2 = Lanes.broadcast(x[at + 2] * StripKernels.BINARY16_SCALE);
    FloatVector x3 = Lanes.broadcast(x[at + 3] * StripKernels.BINARY16_SCALE);
    ShortVector most01 = ShortVector.zero(Lanes.SHORTS);
    ShortVector most23 = most01;
    for (int i = 0; i < n; i += COUNT) {
      long b = start + 2L * i;
      ShortVector h0 = Lanes.halves(w, b);
      ShortVector h1 = Lanes.halves(w, b + distance);
      ShortVector h2 = Lanes.halves(w, b + 2 * distance);
      ShortVector h3 = Lanes.halves(w, b + 3 * distance);
      most01 = most01.lanewise(VectorOperators.UMAX, h0.add(h0));
      most01 = most01.lanewise(VectorOperators.UMAX, h1.add(h1));
      most23 = most23.lanewise(VectorOperators.UMAX, h2.add(h2));
      most23 = most23.lanewise(VectorOperators.UMAX, h3.add(h3));
      FloatVector s = FloatVector.fromArray(FLOATS, sums, to + i);
      s = x0.fma(Lanes.scaledF16(h0), s);
      s = x1.fma(Lanes.scaledF16(h1), s);
      s = x2.fma(Lanes.scaledF16(h2), s);
      s = x3.fma(Lanes.scaledF16(h3), s);
      s.intoArray(sums, to + i);
    }
    return StripKernels.finite(most01, most23);
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
