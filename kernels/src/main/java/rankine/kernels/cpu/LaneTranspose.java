package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.INTS;
import static rankine.kernels.cpu.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A transpose of a square of COUNT rows, each a vector of ints: rows are written in by {@link
 * #read}, columns come out. An int holds one float32, or two neighbouring bfloat16 numbers, which
 * are widened when written.
 *
 * <p>It consists of perfect shuffles: one step zips rows i and i + COUNT/2 into rows 2i and 2i + 1,
 * which rotates the bits of an element's address (row, lane) by one, so after log₂ COUNT steps row
 * and lane are swapped. Two steps take the four rows i, i + COUNT/4, … to rows 4i to 4i + 3 and run
 * in registers: two as the square is written, those before as it is read.
 */
final class LaneTranspose {
  private static final int HALF = COUNT / 2;
  private static final int QUARTER = COUNT / 4;

  /** Selects lanes 0, 0, 1, 1, … of the first half and the second, alternately from two vectors. */
  private static final IntVector LOWER = zipped(0);

  private static final IntVector UPPER = zipped(HALF);

  /** [COUNT][COUNT] from START on, partly transposed. */
  private final int[] square = new int[START + COUNT * COUNT];

  private static IntVector zipped(int from) {
    int[] lanes = new int[COUNT];
    for (int l = 0; l < COUNT; l++) {
      lanes[l] = from + l / 2 + l % 2 * COUNT;
    }
    return IntVector.fromArray(INTS, lanes, 0);
  }

  /** Returns whether this class supports the vector width of the machine. */
  static boolean supported() {
    return COUNT == 4 || COUNT == 8 || COUNT == 16;
  }

  /** Reads the square: row r is the vector at byte {@code start + r * rowBytes}. */
  void read(MemorySegment data, long start, long rowBytes) {
    Lanes.readsMapped(data);
    if (COUNT == 16) {
      long step = QUARTER * rowBytes;
      for (int i = 0; i < QUARTER; i++) {
        long at = start + i * rowBytes;
        IntVector a = load(data, at);
        IntVector b = load(data, at + step);
        zip4(a, b, load(data, at + 2 * step), load(data, at + 3 * step), i);
      }
    } else if (COUNT == 8) {
      for (int i = 0; i < HALF; i++) {
        long at = start + i * rowBytes;
        zip2(load(data, at), load(data, at + HALF * rowBytes), i);
      }
    } else {
      for (int r = 0; r < COUNT; r++) {
        load(data, start + r * rowBytes).intoArray(square, START + r * COUNT);
      }
    }
  }

  /** Reads the square: row r is the vector at {@code x[at[r]]}. */
  void read(float[] x, int[] at) {
    if (COUNT == 16) {
      for (int i = 0; i < QUARTER; i++) {
        IntVector a = load(x, at[i]);
        IntVector b = load(x, at[i + QUARTER]);
        zip4(a, b, load(x, at[i + HALF]), load(x, at[i + HALF + QUARTER]), i);
      }
    } else if (COUNT == 8) {
      for (int i = 0; i < HALF; i++) {
        zip2(load(x, at[i]), load(x, at[i + HALF]), i);
      }
    } else {
      for (int r = 0; r < COUNT; r++) {
        load(x, at[r]).intoArray(square, START + r * COUNT);
      }
    }
  }

  /** Two steps: rows {@code i + k * QUARTER} become rows {@code 4 * i + k}. */
  private void zip4(IntVector a, IntVector b, IntVector c, IntVector d, int i) {
    int to = START + 4 * i * COUNT;
    IntVector lowerAc = LOWER.selectFrom(a, c);
    IntVector lowerBd = LOWER.selectFrom(b, d);
    LOWER.selectFrom(lowerAc, lowerBd).intoArray(square, to);
    UPPER.selectFrom(lowerAc, lowerBd).intoArray(square, to + COUNT);
    IntVector upperAc = UPPER.selectFrom(a, c);
    IntVector upperBd = UPPER.selectFrom(b, d);
    LOWER.selectFrom(upperAc, upperBd).intoArray(square, to + 2 * COUNT);
    UPPER.selectFrom(upperAc, upperBd).intoArray(square, to + 3 * COUNT);
  }

  /** One step: rows i and {@code i + HALF} become rows {@code 2 * i} and {@code 2 * i + 1}. */
  private void zip2(IntVector a, IntVector b, int i) {
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

  /** Writes float32: column r of what was read to {@code at + r * stride}. */
  void writeF32(float[] to, int at, int stride) {
    for (int i = 0; i < QUARTER; i++) {
      IntVector a = row(i);
      IntVector b = row(i + QUARTER);
      IntVector c = row(i + HALF);
      IntVector d = row(i + HALF + QUARTER);
      int t = at + 4 * i * stride;
      IntVector lowerAc = LOWER.selectFrom(a, c);
      IntVector lowerBd = LOWER.selectFrom(b, d);
      store(LOWER.selectFrom(lowerAc, lowerBd), to, t);
      store(UPPER.selectFrom(lowerAc, lowerBd), to, t + stride);
      IntVector upperAc = UPPER.selectFrom(a, c);
      IntVector upperBd = UPPER.selectFrom(b, d);
      store(LOWER.selectFrom(upperAc, upperBd), to, t + 2 * stride);
      store(UPPER.selectFrom(upperAc, upperBd), to, t + 3 * stride);
    }
  }

  private static void store(IntVector v, float[] to, int at) {
    v.reinterpretAsFloats().intoArray(to, at);
  }

  /**
   * Writes bfloat16, widened: column c of the 2 · COUNT columns read to {@code at + c / COUNT *
   * next + c % COUNT * stride}.
   */
  void writeBf16(float[] to, int at, int stride, int next) {
    for (int i = 0; i < QUARTER; i++) {
      IntVector a = row(i);
      IntVector b = row(i + QUARTER);
      IntVector c = row(i + HALF);
      IntVector d = row(i + HALF + QUARTER);
      IntVector lowerAc = LOWER.selectFrom(a, c);
      IntVector lowerBd = LOWER.selectFrom(b, d);
      int t = columnAddress(at, i, stride, next);
      storeBf16Pair(LOWER.selectFrom(lowerAc, lowerBd), to, t, stride);
      storeBf16Pair(UPPER.selectFrom(lowerAc, lowerBd), to, t + 2 * stride, stride);
      IntVector upperAc = UPPER.selectFrom(a, c);
      IntVector upperBd = UPPER.selectFrom(b, d);
      int u = fourthColumnAfter(t, stride, next);
      storeBf16Pair(LOWER.selectFrom(upperAc, upperBd), to, u, stride);
      storeBf16Pair(UPPER.selectFrom(upperAc, upperBd), to, u + 2 * stride, stride);
    }
  }

  /** Index where column 8i is written. */
  private static int columnAddress(int at, int i, int stride, int next) {
    int column = 8 * i;
    return at + column / COUNT * next + column % COUNT * stride;
  }

  /** Index of the fourth column after the one at {@code at}. */
  private static int fourthColumnAfter(int at, int stride, int next) {
    return COUNT == 4 ? at + next : at + 4 * stride;
  }

  private static void storeBf16Pair(IntVector halves, float[] to, int at, int stride) {
    store(halves.lanewise(VectorOperators.LSHL, 16), to, at);
    store(halves.lanewise(VectorOperators.AND, 0xffff0000), to, at + stride);
  }
}
