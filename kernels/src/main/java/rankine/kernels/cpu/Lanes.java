package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the vector kernels share: the machine's widest float vector, widening loads, sums over lanes
 * and the exponential. Every operation here is exactly rounded (add, multiply, fused multiply-add,
 * divide) or integer, so interpreted and compiled code give the same bits; the API's own {@code
 * reduceLanes} and {@code EXP} promise no such thing.
 */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** As many 16-bit lanes as a float vector has. */
  static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

  static final int COUNT = FLOATS.length();
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private static final VectorMask<Float> HAS_8 = bit(8);
  private static final VectorMask<Float> HAS_4 = bit(4);
  private static final VectorMask<Float> HAS_2 = bit(2);
  private static final VectorMask<Float> HAS_1 = bit(1);

  private static final VectorShuffle<Float> FLIP_8 = flip(8);
  private static final VectorShuffle<Float> FLIP_4 = flip(4);
  private static final VectorShuffle<Float> FLIP_2 = flip(2);
  private static final VectorShuffle<Float> FLIP_1 = flip(1);

  // Of the exponential. Vectors, for each broadcast would be one more operation to inline.
  static final FloatVector LEAST = broadcast(-87.3f);
  private static final FloatVector GREATEST = broadcast(88f);
  static final FloatVector LOG2_E = broadcast(0x1.715476p0f);
  static final FloatVector MINUS_LN2_HIGH = broadcast(-0x1.63p-1f);
  static final FloatVector MINUS_LN2_LOW = broadcast(0x1.bd0106p-13f);

  /** Adding it rounds a float of small magnitude to an integer, held in its low bits. */
  static final FloatVector ROUND = broadcast(0x1.8p23f);

  static final FloatVector ONE = broadcast(1f);
  static final FloatVector P2 = broadcast(0x1.0p-1f);
  static final FloatVector P3 = broadcast(0x1.555554p-3f);
  static final FloatVector P4 = broadcast(0x1.555382p-5f);
  static final FloatVector P5 = broadcast(0x1.11121p-7f);
  static final FloatVector P6 = broadcast(0x1.6e879cp-10f);
  static final FloatVector P7 = broadcast(0x1.a0d2cep-13f);

  private Lanes() {}

  /** Lanes whose number has that bit. */
  private static VectorMask<Float> bit(int bit) {
    long lanes = 0;
    for (int l = 0; l < COUNT; l++) {
      if ((l & bit) != 0) {
        lanes |= 1L << l;
      }
    }
    return VectorMask.fromLong(FLOATS, lanes);
  }

  /** Lane l from lane {@code l ^ bit}, as far as there are so many lanes. */
  private static VectorShuffle<Float> flip(int bit) {
    return VectorShuffle.fromOp(FLOATS, l -> (l ^ bit) % COUNT);
  }

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.iota(FLOATS, by % COUNT, 1, true);
  }

  /** The sum of all lanes, halves first: lane i with i + n/2, then n/4, … */
  static float sum(FloatVector v) {
    FloatVector s = v;
    if (COUNT >= 16) {
      s = s.add(s.rearrange(BY_8));
    }
    if (COUNT >= 8) {
      s = s.add(s.rearrange(BY_4));
    }
    if (COUNT >= 4) {
      s = s.add(s.rearrange(BY_2));
    }
    s = s.add(s.rearrange(BY_1));
    return s.lane(0);
  }

  /**
   * The sum of {@link #COUNT} neighbouring values, as {@link #sum(FloatVector)} gives it;
   * overwrites them. Without a vector, for callers that are too large for C2 to inline one that
   * takes it.
   */
  static float sum(float[] v, int at) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int l = at; l < at + half; l++) {
        v[l] += v[l + half];
      }
    }
    return v[at];
  }

  /**
   * The sums of {@link #COUNT} neighbouring vectors, each as {@link #sum} gives it: {@code v[at +
   * l]} becomes the sum of the vector at {@code at + l * COUNT}. Overwrites the others. (A vector
   * returned would be an object wherever C2 does not inline this.)
   *
   * <p>Each step folds vectors i and i + w into one whose lanes with bit w clear hold halves of the
   * first and whose others hold halves of the second.
   */
  static void sums(float[] v, int at) {
    if (COUNT >= 16) {
      for (int i = at; i < at + 4 * COUNT; i += COUNT) {
        FloatVector a = fold(load(v, i), load(v, i + 8 * COUNT), HAS_8, FLIP_8);
        FloatVector b = fold(load(v, i + 4 * COUNT), load(v, i + 12 * COUNT), HAS_8, FLIP_8);
        fold(a, b, HAS_4, FLIP_4).intoArray(v, i);
      }
    } else if (COUNT >= 8) {
      for (int i = at; i < at + 4 * COUNT; i += COUNT) {
        fold(load(v, i), load(v, i + 4 * COUNT), HAS_4, FLIP_4).intoArray(v, i);
      }
    }
    FloatVector a = load(v, at);
    FloatVector b = load(v, at + COUNT);
    if (COUNT >= 4) {
      a = fold(a, load(v, at + 2 * COUNT), HAS_2, FLIP_2);
      b = fold(b, load(v, at + 3 * COUNT), HAS_2, FLIP_2);
    }
    fold(a, b, HAS_1, FLIP_1).intoArray(v, at);
  }

  private static FloatVector load(float[] v, int at) {
    return FloatVector.fromArray(FLOATS, v, at);
  }

  private static FloatVector fold(
      FloatVector a, FloatVector b, VectorMask<Float> upper, VectorShuffle<Float> flip) {
    return a.blend(b, upper).add(b.blend(a, upper).rearrange(flip));
  }

  /** Float32 at byte {@code at}. */
  static FloatVector f32(MemorySegment data, long at) {
    return FloatVector.fromMemorySegment(FLOATS, data, at, ORDER);
  }

  /** Bfloat16 at byte {@code at}: the upper half of a float32. */
  static FloatVector bf16(MemorySegment data, long at) {
    return widenBf16(halves(data, at));
  }

  static FloatVector widenBf16(ShortVector halves) {
    IntVector bits = (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
    return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  /** Binary16 at byte {@code at}. */
  static FloatVector f16(MemorySegment data, long at) {
    return Binary16.widen(halves(data, at));
  }

  /** 16-bit values at byte {@code at}, as they lie. */
  static ShortVector halves(MemorySegment data, long at) {
    return ShortVector.fromMemorySegment(SHORTS, data, at, ORDER);
  }

  /**
   * e^x to about 1 unit in the last place for x in [-87, 88]; below that 0 or nearly, above it
   * clamped. Range reduction by ln 2 in two parts, then a polynomial of degree 6 (Cephes, expf).
   */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.min(GREATEST).max(LEAST);
    FloatVector shifted = clamped.fma(LOG2_E, ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, clamped));
    FloatVector p = P7.fma(r, P6).fma(r, P5).fma(r, P4).fma(r, P3).fma(r, P2);
    FloatVector fraction = p.fma(r.mul(r), r).add(ONE);
    IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return fraction.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }
}
