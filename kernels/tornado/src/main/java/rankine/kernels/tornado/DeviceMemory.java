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
 * All device memory of a backend: one array of fixed size per element type; everything resident is
 * a range of one of them. There are no doubles where the device has no float64. The parameters of a
 * kernel therefore never change, graphs are compiled once, and resident data stays on the device.
 */
final class DeviceMemory implements AutoCloseable {
  /**
   * The number of elements of each array.
   *
   * @param floats float32 weights, activations, keys and values, matrices
   * @param halves 16-bit weights, four per 64-bit word
   * @param tables encoded operations and batches
   * @param doubles Gram matrices, coefficients; 0 on a device without float64
   */
  record ArraySizes(int floats, int halves, int tables, int doubles) {
    long bytes() {
      return 4L * floats + 8L * halves + 4L * tables + 8L * doubles;
    }
  }

  /** 64-bit words per {@link WeightLoads#UNIT}. */
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

  /** The free list of {@link #floats}. */
  FreeList floatSpace() {
    return floatSpace;
  }

  /** The free list of {@link #halves}, in {@link WeightLoads#UNIT}s. */
  FreeList halfSpace() {
    return halfSpace;
  }

  /** The free list of {@link #tables}. */
  FreeList tableSpace() {
    return tableSpace;
  }

  /** Whether there are doubles. */
  boolean hasDoubles() {
    return sizes.doubles > 0;
  }

  /** All arrays, as arguments of task graphs. */
  Object[] arrays() {
    return hasDoubles()
        ? new Object[] {tables, floats, halves, doubles}
        : new Object[] {tables, floats, halves};
  }

  @Override
  public void close() {
    arena.close();
  }
}
