package rankine.engine.prune;

import java.nio.ByteBuffer;
import rankine.kernels.DType;

/** Float32 to a stored type, to the nearest, of two as near the even one. */
final class DTypeEncoder {
  private DTypeEncoder() {}

  /** The bits of a stored element, in the low ones of the result. */
  static int bits(float value, DType dtype) {
    return switch (dtype) {
      case F32 -> Float.floatToRawIntBits(value);
      case F16 -> Float.floatToFloat16(value) & 0xffff;
      case BF16 -> bf16(value);
    };
  }

  /** Whether those bits are those of a number: neither NaN nor infinite. */
  static boolean isFinite(int bits, DType dtype) {
    int exponent =
        switch (dtype) {
          case F32 -> 0x7f800000;
          case F16 -> 0x7c00;
          case BF16 -> 0x7f80;
        };
    return (bits & exponent) != exponent;
  }

  /** Appends an element to {@code buffer}, which is little-endian. */
  static void put(ByteBuffer buffer, int bits, DType dtype) {
    switch (dtype) {
      case F32 -> buffer.putInt(bits);
      case F16, BF16 -> buffer.putShort((short) bits);
    }
  }

  private static int bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return bits >>> 16 | 0x40; // cutting off the payload must not leave an infinity
    }
    int odd = bits >>> 16 & 1;
    return (bits + 0x7fff + odd) >>> 16;
  }
}
