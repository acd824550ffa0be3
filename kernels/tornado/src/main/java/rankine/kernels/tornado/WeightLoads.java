package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Loads of weights in their stored type, for kernels. Devices need no 16-bit floats: the code
 * splits the bits with integer operations, and every product below is exact, so every finite value
 * is too.
 *
 * <p>A weight is in one of up to {@value DeviceMemory#ARRAYS} arrays. The kernels' parameter {@code
 * arrays} says how many there are and is a constant of the compiled code: where there is one, no
 * branch is compiled.
 */
final class WeightLoads {
  static final int F32 = 0;
  static final int F16 = 1;
  static final int BF16 = 2;

  /** 16-bit values per unit of an offset into {@code halves}: an int offset reaches 2^35 values. */
  static final int UNIT = 16;

  private WeightLoads() {}

  /**
   * Loads element {@code offset} of a weight as float32.
   *
   * @param halves four 16-bit values per word, the first in the lowest bits
   * @param arrays the number of arrays
   * @param array the weight's array
   * @param base offset of the weight: in floats, or in units of {@value #UNIT} 16-bit values
   */
  static float get(
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      int array,
      int dtypeCode,
      int base,
      int offset) {
    float value;
    if (dtypeCode == F32) {
      value = float32(floats, floats1, floats2, floats3, arrays, array, base + offset);
    } else {
      long element = base * (long) UNIT + offset;
      long word = word(halves, halves1, halves2, halves3, arrays, array, (int) (element >> 2));
      value = value(dtypeCode, (int) (word >> (int) ((element & 3) * 16)));
    }
    return value;
  }

  /** Loads element {@code i} of array {@code array}, of {@code arrays}. */
  static float float32(
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      int arrays,
      int array,
      int i) {
    float value;
    if (arrays == 1 || array == 0) {
      value = floats.get(i);
    } else if (arrays == 2 || array == 1) {
      value = floats1.get(i);
    } else if (arrays == 3 || array == 2) {
      value = floats2.get(i);
    } else {
      value = floats3.get(i);
    }
    return value;
  }

  /** Loads four 16-bit values: word {@code i} of array {@code array}, of {@code arrays}. */
  static long word(
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      int array,
      int i) {
    long word;
    if (arrays == 1 || array == 0) {
      word = halves.get(i);
    } else if (arrays == 2 || array == 1) {
      word = halves1.get(i);
    } else if (arrays == 3 || array == 2) {
      word = halves2.get(i);
    } else {
      word = halves3.get(i);
    }
    return word;
  }

  /** Returns the index of the word that holds element {@code offset} of a 16-bit weight. */
  static int wordIndex(int base, int offset) {
    return (int) ((base * (long) UNIT + offset) >> 2);
  }

  /** Decodes the lowest 16 bits of {@code bits}. */
  static float value(int dtypeCode, int bits) {
    float value;
    if (dtypeCode == F16) {
      value = binary16(bits & 0xffff);
    } else {
      value = bfloat16(bits & 0xffff);
    }
    return value;
  }

  /** Decodes IEEE 754 binary16. */
  static float binary16(int bits) {
    int exponent = (bits >> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    float magnitude;
    if (exponent == 31) {
      magnitude = nonFinite(bits, mantissa);
    } else {
      int significand = exponent == 0 ? mantissa : mantissa + 0x400;
      int shift = exponent == 0 ? 1 : exponent;
      // Exact: at most 26 bits, of which 11 are not zero.
      magnitude = (float) (significand << (shift & 15)) * (shift < 16 ? 0x1p-25f : 0x1p-9f);
    }
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
  }

  /**
   * Computes infinity, or NaN where the mantissa is not zero, by arithmetic that no compiler can
   * fold: the constants' names do not exist in every device language.
   */
  private static float nonFinite(int bits, int mantissa) {
    float infinity = (float) (bits & 0x7fff) * 3e38f;
    return mantissa == 0 ? infinity : infinity * 0;
  }

  /**
   * Decodes bfloat16; the exponent's upper bits become factors so that no step leaves float32's
   * range.
   */
  static float bfloat16(int bits) {
    int exponent = (bits >> 7) & 0xff;
    int mantissa = bits & 0x7f;
    float magnitude;
    if (exponent == 255) {
      magnitude = nonFinite(bits, mantissa);
    } else {
      int significand = exponent == 0 ? mantissa : mantissa + 0x80;
      int e = exponent == 0 ? 1 : exponent;
      // In [1, 2^16) for normal numbers; the remaining factor is 2^(16 (e >> 4) - 127).
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
