package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Binary16 to binary32, exact, without a subnormal number on the way: Intel's processors take a
 * hundred cycles to multiply by one, and of weights with a standard deviation of 0.02 one in four
 * hundred is subnormal in binary16.
 *
 * <p>Exponent and fraction are moved to their place in a float, and the three bits set that a
 * binary16's exponent e leaves free: {@code r = 2^(e + 97) (1 + f)}, f in [0, 1) the fraction. That
 * is the magnitude times {@link #VALUE_SCALE}, infinity and NaN included, for e = 31 makes the
 * exponent of a float full. But where e = 0 it should be {@code 2^98 f = 2 r - 2^98}. Of the two
 * the smaller is right, whatever e is; both are exact and not negative, so their bits compare as
 * they do.
 *
 * <p>A sum of products need not scale each value back: it scales x, so that neither a product nor a
 * sum overflows or is subnormal, and the sum once.
 */
final class Binary16 {
  /** What {@link #value} is multiplied by. */
  private static final float VALUE_SCALE = 0x1p112f;

  /** What x is multiplied by in sums of {@code value} times x. */
  static final float X_SCALE = 0x1p-48f;

  /** What such a sum is multiplied by to be that of the products. */
  static final float SUM_SCALE = 0x1p-64f;

  /** The least magnitude of an x but 0: scaled it is a normal number. */
  static final float LEAST_X = 0x1p-78f;

  /** The greatest. */
  static final float LARGEST_X = 0x1p30f;

  /** Of so many products with the greatest binary16, 2^16, the scaled sum is below 2^128. */
  static final int MOST_FEATURES = 1 << 17;

  /** A binary16 as it lies. */
  static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.ORDER);

  // Vectors, for each broadcast would be one more operation to inline.
  static final IntVector EXPONENT_AND_FRACTION = IntVector.broadcast(INTS, 0x0fffe000);
  static final IntVector THREE_BITS = IntVector.broadcast(INTS, 224 << 23);
  static final IntVector SIGN = IntVector.broadcast(INTS, 0x80000000);
  static final FloatVector TWO = Lanes.broadcast(2f);
  static final FloatVector MINUS_2_98 = Lanes.broadcast(-0x1p98f);

  private Binary16() {}

  /** The values times {@link #VALUE_SCALE}. */
  static FloatVector value(ShortVector halves) {
    // The sign, three of its copies, exponent and fraction, zeros.
    IntVector placed =
        ((IntVector) halves.convertShape(VectorOperators.S2I, INTS, 0))
            .lanewise(VectorOperators.LSHL, 13);
    IntVector r = placed.and(EXPONENT_AND_FRACTION).or(THREE_BITS);
    IntVector subnormal = r.reinterpretAsFloats().fma(TWO, MINUS_2_98).reinterpretAsInts();
    return placed.and(SIGN).or(r.min(subnormal)).reinterpretAsFloats();
  }

  /** The values themselves. */
  static FloatVector widen(ShortVector halves) {
    return value(halves).mul(1 / VALUE_SCALE);
  }

  /**
   * Any neighbouring values from byte {@code at} on. C2 makes the processor's own conversion of a
   * plain loop, which the Vector API does not offer.
   */
  static void widen(MemorySegment data, long at, int count, float[] into, int offset) {
    for (int i = 0; i < count; i++) {
      into[offset + i] = Float.float16ToFloat(data.get(HALF, at + 2L * i));
    }
  }
}
