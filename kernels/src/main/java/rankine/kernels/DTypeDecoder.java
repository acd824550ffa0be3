package rankine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Decodes stored elements to float32: exact for every bit pattern of every {@link DType}. */
public final class DTypeDecoder {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort B16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private DTypeDecoder() {}

  /** Decodes element {@code index} (in elements, not bytes) of {@code data}. */
  public static float get(MemorySegment data, DType dtype, long index) {
    return switch (dtype) {
      case F32 -> data.get(F32, index * 4);
      case F16 -> Float.float16ToFloat(data.get(B16, index * 2));
      case BF16 -> Float.intBitsToFloat(data.get(B16, index * 2) << 16);
    };
  }

  /**
   * Decodes {@code count} neighbouring elements from element {@code index} on to {@code
   * into[offset]} and its neighbours. It copies first: one access through a segment whose kind C2
   * cannot know costs more than the decoding.
   */
  public static void get(
      MemorySegment data, DType dtype, long index, int count, float[] into, int offset) {
    if (dtype == DType.F32) {
      MemorySegment.copy(data, F32, index * 4, into, offset, count);
      return;
    }
    short[] stored = new short[count];
    MemorySegment.copy(data, B16, index * 2, stored, 0, count);
    for (int i = 0; i < count; i++) {
      into[offset + i] =
          dtype == DType.F16
              ? Float.float16ToFloat(stored[i])
              : Float.intBitsToFloat(stored[i] << 16);
    }
  }
}
