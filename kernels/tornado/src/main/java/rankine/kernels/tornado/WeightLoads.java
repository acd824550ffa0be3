package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Weights in their stored type, in kernels. Devices need no 16-bit floats: the bits are taken apart
 * as integers, and every product below is exact, so every finite value is too.
 */
final class WeightLoads {
  static final int F32 = 0;
  static final int F16 = 1;
  static final int BF16 = 2;

  private WeightLoads() {}

  /** Values of 16 bits that a place counts as one, so that an int reaches 2^35 of them. */
  static final int UNIT = 16;

  /**
   * Element {@code offset} of a weight.
   *
   * @param halves four values of 16 bits a word, the first lowest
   * @param place where the weight begins: in floats, or in units of {@value #UNIT} 16-bit values
   */
  static float get(FloatArray floats, LongArray halves, int kind, int place, int offset) {
    float value;
    if (kind == F32) {
      value = floats.get(place + offset);
    } else {
      long element = place * (long) UNIT + offset;
      int bits = (int) (halves.get((int) (element >> 2)) >> (int) ((element & 3) * 16)) & 0xffff;
      if (kind == F16) {
        value = binary16(bits);
      } else {
        value = bfloat16(bits);
      }
    }
    return value;
  }

  /** IEEE 754 binary16. */
  static float binary16(int bits) {
    int exponent = (bits >> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    float magnitude;
    if (exponent == 31) {
      magnitude = notFinite(bits, mantissa);
    } else {
      int significand = exponent == 0 ? mantissa : mantissa + 0x400;
      int shift = exponent == 0 ? 1 : exponent;
      magnitude = (float) significand * (float) (1 << shift) * 0x1p-25f;
    }
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
  }

  /**
   * Infinity, or NaN where there is a mantissa; by arithmetic that no compiler knows beforehand,
   * since the constants' names do not reach every device.
   */
  private static float notFinite(int bits, int mantissa) {
    float infinity = (float) (bits & 0x7fff) * 3e38f;
    return mantissa == 0 ? infinity : infinity * 0;
  }

  /** bfloat16, with the exponent's upper bits as factors: no step leaves the range of float32. */
  static float bfloat16(int bits) {
    int exponent = (bits >> 7) & 0xff;
    int mantissa = bits & 0x7f;
    float magnitude;
    if (exponent == 255) {
      magnitude = notFinite(bits, mantissa);
    } else {
      int significand = exponent == 0 ? mantissa : mantissa + 0x80;
      int e = exponent == 0 ? 1 : exponent;
      // In [1, 2^16) for normal numbers; what is left is 2^(16 (e >> 4) - 127).
      magnitude = (float) significand * (float) (1 << (e & 15)) * 0x1p-7f;
      magnitude *= (e & 16) != 0 ? 0x1p16f : 1f;
      magnitude *= (e & 32) != 0 ? 0x1p32f : 1f;
      if ((e & 128) != 0) {
        magnitude *= 2f;
        magnitude *= (e & 64) != 0 ? 0x1p64f : 1f;
      } else {
        magnitude *= (e & 64) != 0 ? 0x1p64f : 1f;
        magnitude = magnitude * 0x1p-63f * 0x1p-64f;
      }
    }
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
  }
}
