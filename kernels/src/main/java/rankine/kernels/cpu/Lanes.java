package rankine.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Shared parts of the vector kernels: the widest float vector of the machine, widening loads, sums
 * over lanes and the exponential. Every operation here is exactly rounded (add, multiply, fused
 * multiply-add, divide) or integer, so interpreted and compiled code give the same bits; the API's
 * {@code reduceLanes} and {@code EXP} do not promise that.
 */
final class Lanes {
  /**
   * Partial sums of a dot product: partial l takes features l, l + PARTIALS, … The same on every
   * machine, so that all sum in one order: with AVX-512 they are one vector, with AVX2 two, with
   * NEON four.
   */
  static final int PARTIALS = 16;

  static final VectorSpecies<Float> FLOATS = preferred();
  static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /** 16-bit lanes, as many as a float vector has. */
  static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

  /** Float lanes: 16, 8, 4 or, where the JVM has no vectors, 2. */
  static final int COUNT = FLOATS.length();

  /** True with 32 vector registers; x86 without AVX-512 has 16. They bound the tiles of a GEMM. */
  static final boolean LARGE_TILES = COUNT >= 16 || !System.getProperty("os.arch").equals("amd64");

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Blocks of {@link #GROUPS} partial sums. */
  private static final VectorSpecies<Float> BLOCK = FloatVector.SPECIES_128;

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  /** Partial sums that {@link #sum(float[], int)} forms first. */
  static final int GROUPS = 4;

  // Selections of blocks of GROUPS lanes from two vectors a, b: MIX takes a0 b0 a1 b1 and
  // a2 b2 a3 b3; HALF takes the first halves of both and the second halves.
  private static final IntVector MIX_LOW = mixed(0);
  private static final IntVector MIX_HIGH = mixed(2);
  private static final IntVector HALF_LOW = halves(0);
  private static final IntVector HALF_HIGH = halves(COUNT / 2);

  // Selections of lanes within each block: ZIP takes a0 b0 a1 b1 and a2 b2 a3 b3; PAIR takes
  // a0 a1 b0 b1 and a2 a3 b2 b3.
  private static final IntVector ZIP_LOW =
      selection(l -> block(l) * GROUPS + l % GROUPS / 2 + l % 2 * COUNT);
  private static final IntVector ZIP_HIGH =
      selection(l -> block(l) * GROUPS + 2 + l % GROUPS / 2 + l % 2 * COUNT);
  private static final IntVector PAIR_LOW =
      selection(l -> block(l) * GROUPS + l % 2 + l % GROUPS / 2 * COUNT);
  private static final IntVector PAIR_HIGH =
      selection(l -> block(l) * GROUPS + 2 + l % 2 + l % GROUPS / 2 * COUNT);

  // Coefficients of exp as vectors: each broadcast would be one more call for C2 to inline.
  static final FloatVector EXP_MIN = broadcast(-87.3f);
  private static final FloatVector EXP_MAX = broadcast(88f);
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

  /** The widest species of the machine that holds no more than the partial sums. */
  private static VectorSpecies<Float> preferred() {
    VectorSpecies<Float> widest = FloatVector.SPECIES_PREFERRED;
    return widest.length() <= PARTIALS ? widest : FloatVector.SPECIES_512;
  }

  /**
   * Selects lane {@code from(l)} of two vectors into lane l; lanes of the second follow those of
   * the first.
   */
  private static IntVector selection(IntUnaryOperator from) {
    int[] lanes = new int[COUNT];
    // Only vectors that hold all partial sums use these; the remainder keeps others valid.
    Arrays.setAll(lanes, l -> from.applyAsInt(l) % (2 * COUNT));
    return IntVector.fromArray(INTS, lanes, 0);
  }

  private static int block(int lane) {
    return lane / GROUPS;
  }

  private static IntVector mixed(int from) {
    return selection(l -> block(l) % 2 * COUNT + (block(l) / 2 + from) * GROUPS + l % GROUPS);
  }

  private static IntVector halves(int from) {
    int half = Math.max(1, COUNT / 2);
    return selection(l -> l / half * COUNT + from + l % half);
  }

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.iota(FLOATS, by % COUNT, 1, true);
  }

  /**
   * The end of a sum by halving: partial i + partial i + 8, then 4, 2, 1. Given the sum of the
   * vectors that hold the partial sums, themselves added by halving.
   */
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
   * The sum of {@link #PARTIALS} neighbouring values; overwrites them. {@link #GROUPS} partial sums
   * come first, each of every GROUPS-th value in ascending order, then the sums of pairs. Row-major
   * products add their partial sums in this order because {@link RowMajorGemm} computes one after
   * the other.
   */
  static float sum(float[] v, int at) {
    for (int l = GROUPS; l < PARTIALS; l++) {
      v[at + l % GROUPS] += v[at + l];
    }
    return (v[at] + v[at + 1]) + (v[at + 2] + v[at + 3]);
  }

  /**
   * The sums of {@link #COUNT} neighbouring rows of partial sums, each as {@link #sum(float[],
   * int)} gives it: {@code v[at + l]} becomes the sum of those from {@code at + l * PARTIALS} on;
   * the rest is overwritten. Takes and returns arrays because C2 would box a returned vector
   * wherever it does not inline this.
   */
  static void sums(float[] v, int at) {
    if (COUNT < PARTIALS) {
      for (int l = 0; l < COUNT; l++) {
        int i = at + l * PARTIALS;
        FloatVector groups =
            FloatVector.fromArray(BLOCK, v, i)
                .add(FloatVector.fromArray(BLOCK, v, i + GROUPS))
                .add(FloatVector.fromArray(BLOCK, v, i + 2 * GROUPS))
                .add(FloatVector.fromArray(BLOCK, v, i + 3 * GROUPS));
        groups.intoArray(v, i);
        v[at + l] = (v[i] + v[i + 1]) + (v[i + 2] + v[i + 3]);
      }
      return;
    }
    for (int i = at; i < at + GROUPS * COUNT; i += COUNT) {
      IntVector a = bits(v, i);
      IntVector b = bits(v, i + GROUPS * COUNT);
      IntVector c = bits(v, i + 2 * GROUPS * COUNT);
      IntVector d = bits(v, i + 3 * GROUPS * COUNT);
      IntVector ab = MIX_LOW.selectFrom(a, b);
      IntVector cd = MIX_LOW.selectFrom(c, d);
      FloatVector s0 = HALF_LOW.selectFrom(ab, cd).reinterpretAsFloats();
      FloatVector s1 = HALF_HIGH.selectFrom(ab, cd).reinterpretAsFloats();
      ab = MIX_HIGH.selectFrom(a, b);
      cd = MIX_HIGH.selectFrom(c, d);
      FloatVector s2 = HALF_LOW.selectFrom(ab, cd).reinterpretAsFloats();
      FloatVector s3 = HALF_HIGH.selectFrom(ab, cd).reinterpretAsFloats();
      s0.add(s1).add(s2).add(s3).intoArray(v, i);
    }
    // Vector i now holds the group sums of vectors i, i + GROUPS, …
    IntVector a = bits(v, at);
    IntVector b = bits(v, at + COUNT);
    IntVector c = bits(v, at + 2 * COUNT);
    IntVector d = bits(v, at + 3 * COUNT);
    IntVector ab = ZIP_LOW.selectFrom(a, b);
    IntVector cd = ZIP_LOW.selectFrom(c, d);
    FloatVector s0 = PAIR_LOW.selectFrom(ab, cd).reinterpretAsFloats();
    FloatVector s1 = PAIR_HIGH.selectFrom(ab, cd).reinterpretAsFloats();
    ab = ZIP_HIGH.selectFrom(a, b);
    cd = ZIP_HIGH.selectFrom(c, d);
    FloatVector s2 = PAIR_LOW.selectFrom(ab, cd).reinterpretAsFloats();
    FloatVector s3 = PAIR_HIGH.selectFrom(ab, cd).reinterpretAsFloats();
    s0.add(s1).add(s2.add(s3)).intoArray(v, at);
  }

  private static IntVector bits(float[] v, int at) {
    return FloatVector.fromArray(FLOATS, v, at).reinterpretAsInts();
  }

  /**
   * Marks the caller's compiled code as code that reads mapped memory. Every method with a loop of
   * vector loads from a segment calls this once.
   *
   * <p>If a mapped file is shortened, a read beyond its end raises SIGBUS. HotSpot turns that into
   * an {@link InternalError} only in compiled methods that contain a scalar access to off-heap
   * memory; C2 does not count the Vector API's loads as such, and the JVM would abort. C2 removes
   * this load, whose value is not used, but keeps the mark. The methods below have no mark, because
   * they are called in the innermost loops; {@code build-tools/mapped.jvm} keeps C2 from compiling
   * them on their own.
   */
  static void readsMapped(MemorySegment data) {
    byte _ = data.get(ValueLayout.JAVA_BYTE, 0);
  }

  /** Float32 at byte {@code at}. */
  static FloatVector f32(MemorySegment data, long at) {
    return FloatVector.fromMemorySegment(FLOATS, data, at, ORDER);
  }

  /** Bfloat16 at byte {@code at}: the upper half of a float32. */
  static FloatVector bf16(MemorySegment data, long at) {
    return widenBf16(load16(data, at));
  }

  /**
   * A method of its own: C2 never compiles {@link #bf16} by itself ({@code
   * build-tools/mapped.jvm}), and a cold start with this part interpreted too allocates six times
   * as much.
   */
  private static FloatVector widenBf16(ShortVector halves) {
    IntVector bits = (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
    return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  /** Binary16 at byte {@code at}. */
  static FloatVector f16(MemorySegment data, long at) {
    return Binary16.widen(load16(data, at));
  }

  /** 16-bit values at byte {@code at}, not converted. */
  static ShortVector load16(MemorySegment data, long at) {
    return ShortVector.fromMemorySegment(SHORTS, data, at, ORDER);
  }

  /**
   * e^x to about 1 unit in the last place for x in [-87, 88]; clamped outside, so almost 0 below.
   * Range reduction by ln 2 in two parts, then a polynomial of degree 6 (Cephes, expf).
   */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.min(EXP_MAX).max(EXP_MIN);
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
