package rankine.kernels.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * All of a backend's memory on its device: one array for each type of element, of a fixed size, in
 * which everything has a place. So a kernel's parameters never change, whatever is where; graphs
 * are compiled once; and what is resident stays there.
 */
final class DeviceMemory implements AutoCloseable {
  /**
   * Elements of each array.
   *
   * @param floats float32 weights, activations, keys and values, matrices
   * @param halves weights stored in 16 bits, four a word
   * @param tables rows of operations, batches
   * @param doubles Gram matrices, coefficients
   */
  record ArraySizes(int floats, int halves, int tables, int doubles) {
    long bytes() {
      return 4L * floats + 8L * halves + 4L * tables + 8L * doubles;
    }
  }

  /** Words of a {@link WeightLoads#UNIT}. */
  static final int WORDS = WeightLoads.UNIT / 4;

  private static final int ALIGNMENT = 16;

  private final Arena arena = Arena.ofShared();
  private final ArraySizes sizes;
  private final FloatArray floats;
  private final LongArray halves;
  private final IntArray tables;
  private final DoubleArray doubles;
  private final FreeList floatSpace;
  private final FreeList halfSpace;
  private final FreeList tableSpace;

  DeviceMemory(ArraySizes sizes) {
    this.sizes = sizes;
    floats = array(sizes.floats, 4, FloatArray::fromSegmentShallow);
    halves = array(sizes.halves, 8, LongArray::fromSegmentShallow);
    tables = array(sizes.tables, 4, IntArray::fromSegmentShallow);
    doubles = array(sizes.doubles, 8, DoubleArray::fromSegmentShallow);
    floatSpace = new FreeList(sizes.floats, ALIGNMENT);
    halfSpace = new FreeList(sizes.halves / WORDS, 1);
    tableSpace = new FreeList(sizes.tables, ALIGNMENT);
  }

  private <A> A array(int elements, int bytes, Function<MemorySegment, A> of) {
    return of.apply(
        ReservedMemory.of(TornadoNativeArray.ARRAY_HEADER + (long) elements * bytes, arena));
  }

  ArraySizes sizes() {
    return sizes;
  }

  FloatArray floats() {
    return floats;
  }

  LongArray halves() {
    return halves;
  }

  IntArray tables() {
    return tables;
  }

  DoubleArray doubles() {
    return doubles;
  }

  /** Which parts of {@link #floats} are taken. */
  FreeList floatSpace() {
    return floatSpace;
  }

  /** Which parts of {@link #halves} are taken, in {@link WeightLoads#UNIT}s. */
  FreeList halfSpace() {
    return halfSpace;
  }

  /** Which parts of {@link #tables} are taken. */
  FreeList tableSpace() {
    return tableSpace;
  }

  /** All four, as task graphs name them. */
  Object[] arrays() {
    return new Object[] {tables, floats, halves, doubles};
  }

  @Override
  public void close() {
    arena.close();
  }
}
