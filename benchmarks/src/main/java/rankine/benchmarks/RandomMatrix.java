package rankine.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** Matrices of N(0, 0.02²) in off-heap memory, like those of a memory-mapped checkpoint. */
public final class RandomMatrix {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Standard deviation of the values. */
  public static final double DEVIATION = 0.02;

  private static final long ALIGNMENT = 64;

  /** Values after which a tiled matrix repeats. */
  private static final int TILE = 1 << 20;

  private RandomMatrix() {}

  /** Creates a row-major matrix [rows, cols]; equal seeds give equal values. */
  public static Matrix of(Arena arena, DType dtype, int rows, int cols, long seed) {
    long count = (long) rows * cols;
    MemorySegment data = arena.allocate(count * dtype.bytes(), ALIGNMENT);
    Random random = new Random(seed);
    for (long i = 0; i < count; i++) {
      put(data, dtype, i, (float) (DEVIATION * random.nextGaussian()));
    }
    return Matrix.rowMajor(data, dtype, rows, cols);
  }

  /**
   * Creates a row-major matrix [rows, cols] whose values repeat after the first {@link #TILE}: for
   * products whose time does not depend on the values, in the time of a copy.
   */
  static Matrix tiled(Arena arena, DType dtype, int rows, int cols, long seed) {
    long count = (long) rows * cols;
    int tile = (int) Math.min(TILE, count);
    MemorySegment data = arena.allocate(count * dtype.bytes(), ALIGNMENT);
    MemorySegment first = of(arena, dtype, 1, tile, seed).data();
    for (long at = 0; at < data.byteSize(); at += first.byteSize()) {
      MemorySegment.copy(first, 0, data, at, Math.min(first.byteSize(), data.byteSize() - at));
    }
    return Matrix.rowMajor(data, dtype, rows, cols);
  }

  /** Stores {@code value}, rounded to {@code dtype}, at element {@code index}. */
  static void put(MemorySegment data, DType dtype, long index, float value) {
    long at = index * dtype.bytes();
    switch (dtype) {
      case F32 -> data.set(FLOAT, at, value);
      case F16 -> data.set(SHORT, at, Float.floatToFloat16(value));
      case BF16 -> data.set(SHORT, at, bf16(value));
    }
  }

  /** Rounds a finite value to the nearest bfloat16, ties to even. */
  private static short bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
