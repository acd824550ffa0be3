package rankine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/** Random matrices in native memory, like those of a mapped file: any dtype, layout, alignment. */
public final class Stored {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Stored() {}

  /**
   * N(0, 1) values, rounded to the dtype, [rows, cols], at an odd address, up to the segment's end.
   */
  public static Matrix matrix(Random random, DType dtype, int rows, int cols, boolean transposed) {
    long elements = (long) rows * cols;
    MemorySegment data = Arena.ofAuto().allocate(elements * dtype.bytes() + 1, 64).asSlice(1);
    for (long i = 0; i < elements; i++) {
      put(data, dtype, i, (float) random.nextGaussian());
    }
    return transposed
        ? Matrix.rowMajor(data, dtype, cols, rows).transposed()
        : Matrix.rowMajor(data, dtype, rows, cols);
  }

  static void put(MemorySegment data, DType dtype, long i, float value) {
    switch (dtype) {
      case F32 -> data.set(FLOAT, 4 * i, value);
      case F16 -> data.set(SHORT, 2 * i, Float.floatToFloat16(value));
      case BF16 -> data.set(SHORT, 2 * i, (short) (Float.floatToIntBits(value) >>> 16));
    }
  }
}
