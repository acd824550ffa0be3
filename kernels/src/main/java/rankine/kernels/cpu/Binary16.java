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
 * <p>Exponent and fraction are moved to their place in a float and two bits set that a binary16's
 * exponent e leaves free: {@code r = 2^(e - 31) (1 + f)}, f in [0, 1) the fraction. That is the
 * magnitude divided by {@link #SCALE}, but where e = 0 it should be {@code 2^-30 f = 2 r - 2^-30}.
 * Of the two the smaller is right, whatever e is; both are exact and not negative, so their bits
 * compare as they do.
 */
final class Binary16 {
  /** What the other factor is multiplied by: the sum is then rounded as that of the values. */
  static final float SCALE = 0x1p16f;

  /** For other factors of at most this magnitude: times the scale they are finite. */
  static final float LARGEST_X = 0x1p111f;

  /** A binary16 as it lies. */
  static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.ORDER);

  private static final int TWO_BITS = 96 << 23;

  /** The least {@link #magnitude} of an infinity or NaN. */
  private static final int NOT_FINITE = TWO_BITS + (31 << 23);

  private Binary16() {}

  /** As ints: the sign, three of its copies, exponent and fraction, zeros. */
  static IntVector placed(ShortVector halves) {
    return ((IntVector) halves.convertShape(VectorOperators.S2I, INTS, 0))
        .lanewise(VectorOperators.LSHL, 13);
  }

  /** r, as bits. */
  static IntVector magnitude(IntVector placed) {
    return placed.lanewise(VectorOperators.AND, 0x0fffe000).lanewise(VectorOperators.OR, TWO_BITS);
  }

  /** Finite values divided by the scale. */
  static FloatVector value(IntVector placed, IntVector magnitude) {
    IntVector subnormal =
        magnitude
            .reinterpretAsFloats()
            .fma(Lanes.broadcast(2f), Lanes.broadcast(-0x1p-30f))
            .reinterpretAsInts();
    return placed
        .lanewise(VectorOperators.AND, 0x80000000)
        .lanewise(VectorOperators.OR, magnitude.min(subnormal))
        .reinterpretAsFloats();
  }

  /** Any binary16: the value itself, infinity and NaN included. */
  static FloatVector widen(ShortVector halves) {
    IntVector placed = placed(halves);
    IntVector magnitude = magnitude(placed);
    // All ones where the exponent is not full: the difference is negative.
    IntVector finite = magnitude.sub(NOT_FINITE).lanewise(VectorOperators.ASHR, 31);
    return value(placed, magnitude)
        .mul(SCALE)
        .reinterpretAsInts()
        .lanewise(VectorOperators.OR, finite.not().lanewise(VectorOperators.AND, 0x7f800000))
        .reinterpretAsFloats();
  }

  /**
   * Any neighbouring values from byte {@code at} on. C2 makes the processor's own conversion of a
   * plain loop, which the Vector API does not offer; for a few dozen values it is not worth while.
   */
  static void widen(MemorySegment data, long at, int count, float[] into) {
    for (int i = 0; i < count; i++) {
      into[i] = Float.float16ToFloat(data.get(HALF, at + 2L * i));
    }
  }

  /** Whether these, the greatest of {@link #magnitude}, are all of finite numbers. */
  static boolean finite(IntVector most) {
    return most.compare(VectorOperators.LT, NOT_FINITE).allTrue();
  }
}
