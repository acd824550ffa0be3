package rankine.engine.prune;

import java.nio.ByteBuffer;
import rankine.kernels.DType;

/** Encodes float32 as a stored type, rounded to nearest, ties to even. */
final class DTypeEncoder {
  private DTypeEncoder() {}

  /** Returns the bits of a stored element in the low bits of the result. */
  static int bits(float value, DType dtype) {
    return switch (dtype) {
      case F32 -> Float.floatToRawIntBits(value);
      case F16 -> Float.floatToFloat16(value) & 0xffff;
      case BF16 -> bf16(value);
    };
  }

  /** Returns whether the bits encode a finite number. */
  static boolean isFinite(int bits, DType dtype) {
    int exponent =
        switch (dtype) {
          case F32 -> 0x7f800000;
          case F16 -> 0x7c00;
          case BF16 -> 0x7f80;
        };
    return (bits & exponent) != exponent;
  }

  /** Appends an element to the little-endian {@code buffer}. */
  static void put(ByteBuffer buffer, int bits, DType dtype) {
    switch (dtype) {
      case F32 -> buffer.putInt(bits);
      case F16, BF16 -> buffer.putShort((short) bits);
    }
  }

  private static int bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return bits >>> 16 | 0x40; // truncating the payload of a NaN must not give an infinity
    }
    int odd = bits >>> 16 & 1;
    return (bits + 0x7fff + odd) >>> 16;
  }
}
