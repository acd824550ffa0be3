package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.INTS;
import static rankine.kernels.cpu.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * Rows of W turned into the panel that {@link LaneTiles} reads: float32, outputs side by side,
 * features by the lane that sums them.
 *
 * <p>A square of COUNT rows, each a vector of ints, is transposed by perfect shuffles: one step
 * zips rows i and i + COUNT/2 into rows 2i and 2i + 1, which rotates the bits of an element's
 * address (row, lane) by one, so that after log₂ COUNT steps row and lane have changed places. An
 * int holds one float32, or two neighbouring 16-bit numbers, which the last step widens.
 */
final class LanePanel {
  /** Outputs of a panel. */
  static final int ROWS = LaneTiles.COLS;

  private static final int HALF = COUNT / 2;
  private static final int STEPS = Integer.numberOfTrailingZeros(COUNT);

  /** Lanes 0, 0, 1, 1, … of the first half and the second, from two vectors in turn. */
  private static final IntVector LOWER = zipped(0);

  private static final IntVector UPPER = zipped(HALF);

  /** A square on its way, [COUNT][COUNT], and where the next step puts it. */
  private int[] square = new int[COUNT * COUNT];

  private int[] next = new int[COUNT * COUNT];

  private static IntVector zipped(int from) {
    int[] lanes = new int[COUNT];
    for (int l = 0; l < COUNT; l++) {
      lanes[l] = from + l / 2 + l % 2 * COUNT;
    }
    return IntVector.fromArray(INTS, lanes, 0);
  }

  /** Whether rows of W are whole vectors of ints, the only ones that {@link #pack} takes. */
  static boolean takes(Matrix w) {
    return COUNT >= 4 && w.rowContiguous() && w.cols() % (COUNT * 4 / w.dtype().bytes()) == 0;
  }

  /**
   * Floats between the parts of a panel: a line more, or all would meet in one set of the cache.
   */
  static int stride(int features) {
    return features / COUNT * ROWS + COUNT;
  }

  /** Floats of a panel. */
  static int floats(int features) {
    return COUNT * stride(features);
  }

  /**
   * Rows {@code o} to {@code o + ROWS} of W. One long method on purpose: C2 inlines none beyond 325
   * bytecodes, and this one inlined would leave its caller no room for its own vectors.
   *
   * @param panel W(o + i, l + j · COUNT) at {@code l * stride + j * ROWS + i}
   * @return false, and nothing of use in {@code panel}, if there are infinities or NaN of binary16
   *     among them
   */
  boolean pack(Matrix w, int o, float[] panel) {
    MemorySegment data = w.data();
    DType dtype = w.dtype();
    int features = w.cols();
    int bytes = dtype.bytes();
    long rowBytes = w.rowStride() * bytes;
    int perSquare = COUNT * 4 / bytes;
    int stride = stride(features);
    for (int i = 0; i < ROWS; i += COUNT) {
      long start = (o + i) * rowBytes;
      for (int r = 0; r < COUNT && dtype == DType.F16; r++) {
        if (!finite(data, start + r * rowBytes, features)) {
          return false;
        }
      }
      for (int c = 0; c < features; c += perSquare) {
        long corner = start + (long) c * bytes;
        for (int r = 0; r < HALF; r++) {
          IntVector a = IntVector.fromMemorySegment(INTS, data, corner + r * rowBytes, ORDER);
          long below = corner + (r + HALF) * rowBytes;
          IntVector b = IntVector.fromMemorySegment(INTS, data, below, ORDER);
          LOWER.selectFrom(a, b).intoArray(square, 2 * r * COUNT);
          UPPER.selectFrom(a, b).intoArray(square, (2 * r + 1) * COUNT);
        }
        for (int step = 2; step < STEPS; step++) {
          middle(square, next);
          int[] done = square;
          square = next;
          next = done;
        }
        int at = c / COUNT * ROWS + i;
        switch (dtype) {
          case F32 -> f32(square, panel, at, stride);
          case F16 -> f16(square, panel, at, stride);
          case BF16 -> bf16(square, panel, at, stride);
        }
      }
    }
    return true;
  }

  /**
   * Whether the binary16 values from byte {@code at} on are all finite. Two lie in an int; adding
   * one to a full exponent carries into the sign's place.
   *
   * @param count values, a multiple of twice {@link Lanes#COUNT}
   */
  private static boolean finite(MemorySegment data, long at, int count) {
    IntVector carries = IntVector.zero(INTS);
    for (int i = 0; i < count; i += 2 * COUNT) {
      IntVector exponents =
          IntVector.fromMemorySegment(INTS, data, at + 2L * i, ORDER)
              .lanewise(VectorOperators.AND, 0x7c007c00);
      carries = carries.lanewise(VectorOperators.OR, exponents.add(0x04000400));
    }
    return carries
        .lanewise(VectorOperators.AND, 0x80008000)
        .compare(VectorOperators.EQ, 0)
        .allTrue();
  }

  /** A step that is neither the first, which reads W, nor the last, which widens. */
  private static void middle(int[] from, int[] to) {
    for (int i = 0; i < HALF; i++) {
      IntVector a = IntVector.fromArray(INTS, from, i * COUNT);
      IntVector b = IntVector.fromArray(INTS, from, (i + HALF) * COUNT);
      LOWER.selectFrom(a, b).intoArray(to, 2 * i * COUNT);
      UPPER.selectFrom(a, b).intoArray(to, (2 * i + 1) * COUNT);
    }
  }

  /** The last step: row i of the square is feature i, the sum of lane i. */
  private static void f32(int[] from, float[] to, int at, int stride) {
    for (int i = 0; i < HALF; i++) {
      IntVector a = IntVector.fromArray(INTS, from, i * COUNT);
      IntVector b = IntVector.fromArray(INTS, from, (i + HALF) * COUNT);
      int t = at + 2 * i * stride;
      LOWER.selectFrom(a, b).reinterpretAsFloats().intoArray(to, t);
      UPPER.selectFrom(a, b).reinterpretAsFloats().intoArray(to, t + stride);
    }
  }

  /** The last step: row i of the square holds features 2i and 2i + 1; finite numbers only. */
  private static void f16(int[] from, float[] to, int at, int stride) {
    for (int i = 0; i < HALF; i++) {
      IntVector a = IntVector.fromArray(INTS, from, i * COUNT);
      IntVector b = IntVector.fromArray(INTS, from, (i + HALF) * COUNT);
      int t = pair(at, i, stride);
      twoF16(LOWER.selectFrom(a, b), to, t, stride);
      twoF16(UPPER.selectFrom(a, b), to, t + 2 * stride, stride);
    }
  }

  private static void bf16(int[] from, float[] to, int at, int stride) {
    for (int i = 0; i < HALF; i++) {
      IntVector a = IntVector.fromArray(INTS, from, i * COUNT);
      IntVector b = IntVector.fromArray(INTS, from, (i + HALF) * COUNT);
      int t = pair(at, i, stride);
      twoBf16(LOWER.selectFrom(a, b), to, t, stride);
      twoBf16(UPPER.selectFrom(a, b), to, t + 2 * stride, stride);
    }
  }

  /** Where feature 4i of a square of pairs goes. */
  private static int pair(int at, int i, int stride) {
    int feature = 4 * i;
    return at + feature / COUNT * ROWS + feature % COUNT * stride;
  }

  /** {@link Lanes#f16} of the lower halves, and of the upper. */
  private static void twoF16(IntVector halves, float[] to, int at, int stride) {
    scaled(halves.lanewise(VectorOperators.LSHL, 16), to, at);
    scaled(halves, to, at + stride);
  }

  /**
   * Binary16 in the upper halves; the lower are cut off. What {@link Binary16} avoids costs less
   * here than avoiding it.
   */
  private static void scaled(IntVector upper, float[] to, int at) {
    upper
        .lanewise(VectorOperators.ASHR, 3)
        .lanewise(VectorOperators.AND, 0x8fffe000)
        .reinterpretAsFloats()
        .mul(0x1p112f)
        .intoArray(to, at);
  }

  private static void twoBf16(IntVector halves, float[] to, int at, int stride) {
    halves.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, at);
    halves
        .lanewise(VectorOperators.AND, 0xffff0000)
        .reinterpretAsFloats()
        .intoArray(to, at + stride);
  }
}
