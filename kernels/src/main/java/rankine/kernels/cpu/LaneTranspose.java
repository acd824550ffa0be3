package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.INTS;
import static rankine.kernels.cpu.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A square of COUNT rows, each a vector of ints, that is transposed between reading and writing. An
 * int holds one float32, or two neighbouring numbers in bfloat16, which are widened when written.
 *
 * <p>Perfect shuffles do it: one step zips rows i and i + COUNT/2 into rows 2i and 2i + 1, which
 * rotates the bits of an element's address (row, lane) by one, so that after log₂ COUNT steps row
 * and lane have changed places. Two steps take four rows i, i + COUNT/4, … to rows 4i to 4i + 3 and
 * are made in registers: two as the square is written, those before as it is read.
 */
final class LaneTranspose {
  private static final int HALF = COUNT / 2;
  private static final int QUARTER = COUNT / 4;
  private static final int START = CacheLine.FLOATS;

  /** Lanes 0, 0, 1, 1, … of the first half and the second, from two vectors in turn. */
  private static final IntVector LOWER = zipped(0);

  private static final IntVector UPPER = zipped(HALF);

  /** [COUNT][COUNT] from START on, on its way. */
  private final int[] square = new int[START + COUNT * COUNT];

  private static IntVector zipped(int from) {
    int[] lanes = new int[COUNT];
    for (int l = 0; l < COUNT; l++) {
      lanes[l] = from + l / 2 + l % 2 * COUNT;
    }
    return IntVector.fromArray(INTS, lanes, 0);
  }

  /** Whether this machine's vectors make squares that this class knows to transpose. */
  static boolean possible() {
    return COUNT == 4 || COUNT == 8 || COUNT == 16;
  }

  /** Row r is the vector at byte {@code start + r * rowBytes}. */
  void read(MemorySegment data, long start, long rowBytes) {
    if (COUNT == 16) {
      long step = QUARTER * rowBytes;
      for (int i = 0; i < QUARTER; i++) {
        long at = start + i * rowBytes;
        IntVector a = load(data, at);
        IntVector b = load(data, at + step);
        four(a, b, load(data, at + 2 * step), load(data, at + 3 * step), i);
      }
    } else if (COUNT == 8) {
      for (int i = 0; i < HALF; i++) {
        long at = start + i * rowBytes;
        two(load(data, at), load(data, at + HALF * rowBytes), i);
      }
    } else {
      for (int r = 0; r < COUNT; r++) {
        load(data, start + r * rowBytes).intoArray(square, START + r * COUNT);
      }
    }
  }

  /** Row r is the vector at {@code x[at[r]]}. */
  void read(float[] x, int[] at) {
    if (COUNT == 16) {
      for (int i = 0; i < QUARTER; i++) {
        IntVector a = load(x, at[i]);
        IntVector b = load(x, at[i + QUARTER]);
        four(a, b, load(x, at[i + HALF]), load(x, at[i + HALF + QUARTER]), i);
      }
    } else if (COUNT == 8) {
      for (int i = 0; i < HALF; i++) {
        two(load(x, at[i]), load(x, at[i + HALF]), i);
      }
    } else {
      for (int r = 0; r < COUNT; r++) {
        load(x, at[r]).intoArray(square, START + r * COUNT);
      }
    }
  }

  /** Two steps: rows {@code i + k * QUARTER} become rows {@code 4 * i + k}. */
  private void four(IntVector a, IntVector b, IntVector c, IntVector d, int i) {
    int to = START + 4 * i * COUNT;
    IntVector lower = LOWER.selectFrom(a, c);
    IntVector lowerToo = LOWER.selectFrom(b, d);
    LOWER.selectFrom(lower, lowerToo).intoArray(square, to);
    UPPER.selectFrom(lower, lowerToo).intoArray(square, to + COUNT);
    IntVector upper = UPPER.selectFrom(a, c);
    IntVector upperToo = UPPER.selectFrom(b, d);
    LOWER.selectFrom(upper, upperToo).intoArray(square, to + 2 * COUNT);
    UPPER.selectFrom(upper, upperToo).intoArray(square, to + 3 * COUNT);
  }

  /** One step: rows i and {@code i + HALF} become rows {@code 2 * i} and {@code 2 * i + 1}. */
  private void two(IntVector a, IntVector b, int i) {
    LOWER.selectFrom(a, b).intoArray(square, START + 2 * i * COUNT);
    UPPER.selectFrom(a, b).intoArray(square, START + (2 * i + 1) * COUNT);
  }

  private static IntVector load(MemorySegment data, long at) {
    return IntVector.fromMemorySegment(INTS, data, at, ORDER);
  }

  private static IntVector load(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at).reinterpretAsInts();
  }

  private IntVector row(int r) {
    return IntVector.fromArray(INTS, square, START + r * COUNT);
  }

  /** Float32: column r of what was read at {@code at + r * stride}. */
  void f32(float[] to, int at, int stride) {
    for (int i = 0; i < QUARTER; i++) {
      IntVector a = row(i);
      IntVector b = row(i + QUARTER);
      IntVector c = row(i + HALF);
      IntVector d = row(i + HALF + QUARTER);
      int t = at + 4 * i * stride;
      IntVector lower = LOWER.selectFrom(a, c);
      IntVector lowerToo = LOWER.selectFrom(b, d);
      store(LOWER.selectFrom(lower, lowerToo), to, t);
      store(UPPER.selectFrom(lower, lowerToo), to, t + stride);
      IntVector upper = UPPER.selectFrom(a, c);
      IntVector upperToo = UPPER.selectFrom(b, d);
      store(LOWER.selectFrom(upper, upperToo), to, t + 2 * stride);
      store(UPPER.selectFrom(upper, upperToo), to, t + 3 * stride);
    }
  }

  private static void store(IntVector v, float[] to, int at) {
    v.reinterpretAsFloats().intoArray(to, at);
  }

  /**
   * Bfloat16: column c of what was read, 2 · COUNT columns, at {@code at + c / COUNT * next + c %
   * COUNT * stride}.
   */
  void bf16(float[] to, int at, int stride, int next) {
    for (int i = 0; i < QUARTER; i++) {
      IntVector a = row(i);
      IntVector b = row(i + QUARTER);
      IntVector c = row(i + HALF);
      IntVector d = row(i + HALF + QUARTER);
      IntVector lower = LOWER.selectFrom(a, c);
      IntVector lowerToo = LOWER.selectFrom(b, d);
      int t = pair(at, i, stride, next);
      twoBf16(LOWER.selectFrom(lower, lowerToo), to, t, stride);
      twoBf16(UPPER.selectFrom(lower, lowerToo), to, t + 2 * stride, stride);
      IntVector upper = UPPER.selectFrom(a, c);
      IntVector upperToo = UPPER.selectFrom(b, d);
      int u = other(t, stride, next);
      twoBf16(LOWER.selectFrom(upper, upperToo), to, u, stride);
      twoBf16(UPPER.selectFrom(upper, upperToo), to, u + 2 * stride, stride);
    }
  }

  /** Where column 8i goes. */
  private static int pair(int at, int i, int stride, int next) {
    int column = 8 * i;
    return at + column / COUNT * next + column % COUNT * stride;
  }

  /** Where the fourth column behind one goes that is at {@code at}. */
  private static int other(int at, int stride, int next) {
    return COUNT == 4 ? at + next : at + 4 * stride;
  }

  private static void twoBf16(IntVector halves, float[] to, int at, int stride) {
    store(halves.lanewise(VectorOperators.LSHL, 16), to, at);
    store(halves.lanewise(VectorOperators.AND, 0xffff0000), to, at + stride);
  }
}
