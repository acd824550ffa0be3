package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Binary16 to binary32, exact, without subnormal intermediates: Intel's processors take a hundred
 * cycles to multiply by a subnormal number, and of weights with a standard deviation of 0.02 one in
 * four hundred is subnormal in binary16.
 *
 * <p>Exponent and fraction are shifted to their position in a float, and the three upper exponent
 * bits that binary16 leaves free are set: {@code r = 2^(e + 97) (1 + f)}, e the exponent field of
 * the binary16 and f in [0, 1) its fraction. That is the magnitude times {@link #VALUE_SCALE},
 * infinity and NaN included, because e = 31 fills the exponent of the float. For e = 0 the right
 * value is {@code 2^98 f = 2 r - 2^98}. The smaller of the two is right for every e; both are exact
 * and not negative, so they compare as their bits do.
 *
 * <p>A sum of products need not scale each value back: it scales x down, so that neither a product
 * nor a sum overflows or is subnormal, and scales the sum once.
 */
final class Binary16 {
  /** Factor of {@link #value}. */
  private static final float VALUE_SCALE = 0x1p112f;

  /** Factor of x in sums of {@link #value} times x. */
  static final float X_SCALE = 0x1p-48f;

  /** Factor that turns such a sum into that of the products. */
  static final float SUM_SCALE = 0x1p-64f;

  /** Least magnitude of x, 0 excepted: scaled it is a normal number. */
  static final float MIN_X = 0x1p-78f;

  /** Greatest magnitude of x. */
  static final float MAX_X = 0x1p30f;

  /**
   * Features at most: the scaled sum of as many products with the greatest binary16, 2^16, is below
   * 2^128.
   */
  static final int MAX_FEATURES = 1 << 17;

  /** A binary16 in memory, at any alignment. */
  static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.ORDER);

  // Constants as vectors: each broadcast would be one more call for C2 to inline.
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

  /** The values. */
  static FloatVector widen(ShortVector halves) {
    return value(halves).mul(1 / VALUE_SCALE);
  }

  /**
   * Widens neighbouring values from byte {@code at} on. C2 compiles this plain loop to the
   * processor's own conversion, which the Vector API does not offer.
   */
  static void widen(MemorySegment data, long at, int count, float[] into, int offset) {
    for (int i = 0; i < count; i++) {
      into[offset + i] = Float.float16ToFloat(data.get(HALF, at + 2L * i));
    }
  }
}
