package rankine.kernels.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import rankine.common.BackendException;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * All device memory of a backend: per element type one array of fixed size, or several where the
 * driver's largest allocation asks for them; everything resident is a range of one of them. There
 * are no doubles where the device has no float64. The parameters of a kernel therefore never
 * change, graphs are compiled once, and resident data stays on the device.
 */
final class DeviceMemory implements AutoCloseable {
  /**
   * The number of elements of each array.
   *
   * @param floats float32 arrays: the first has activations, vectors and matrices, any of them
   *     weights, keys and values
   * @param halves arrays of 16-bit weights, four per 64-bit word
   * @param tables encoded operations and batches
   * @param doubles Gram matrices, coefficients; 0 on a device without float64
   */
  record ArraySizes(List<Integer> floats, List<Integer> halves, int tables, int doubles) {}

  /** Maximum number of arrays of floats, and of halves; kernels have a parameter for each. */
  static final int ARRAYS = 4;

  /** 64-bit words per {@link WeightLoads#UNIT}. */
  static final int WORDS = WeightLoads.UNIT / 4;

  private static final int ALIGNMENT = 16;

  /**
   * Elements of an array that is only a parameter: TornadoVM does not return from a task that has
   * an array twice and writes it.
   */
  private static final int UNUSED = 64;

  private final Arena arena = Arena.ofShared();
  private final ArraySizes sizes;
  private final List<FloatArray> floats;
  private final List<LongArray> halves;
  private final IntArray tables;
  private final DoubleArray doubles;
  private final List<FreeList> floatSpaces;
  private final List<FreeList> halfSpaces;
  private final FreeList tableSpace;

  DeviceMemory(ArraySizes sizes) {
    this.sizes = sizes;
    floats = arrays(sizes.floats, 4, FloatArray::fromSegmentShallow);
    halves = arrays(sizes.halves, 8, LongArray::fromSegmentShallow);
    tables = array(sizes.tables, 4, IntArray::fromSegmentShallow);
    doubles = array(sizes.doubles, 8, DoubleArray::fromSegmentShallow);
    floatSpaces = sizes.floats.stream().map(n -> new FreeList(n, ALIGNMENT)).toList();
    halfSpaces = sizes.halves.stream().map(n -> new FreeList(n / WORDS, 1)).toList();
    tableSpace = new FreeList(sizes.tables, ALIGNMENT);
  }

  private <A> List<A> arrays(List<Integer> elements, int bytes, Function<MemorySegment, A> of) {
    return IntStream.range(0, ARRAYS)
        .mapToObj(i -> array(i < elements.size() ? elements.get(i) : UNUSED, bytes, of))
        .toList();
  }

  private <A> A array(int elements, int bytes, Function<MemorySegment, A> of) {
    return of.apply(
        ReservedMemory.of(TornadoNativeArray.ARRAY_HEADER + (long) elements * bytes, arena));
  }

  ArraySizes sizes() {
    return sizes;
  }

  /** The first array of floats. */
  FloatArray floats() {
    return floats.getFirst();
  }

  FloatArray floats(int array) {
    return floats.get(array);
  }

  LongArray halves(int array) {
    return halves.get(array);
  }

  /** The number of arrays in use of the element type that has more of them. */
  int arrayCount() {
    return Math.max(sizes.floats.size(), sizes.halves.size());
  }

  IntArray tables() {
    return tables;
  }

  DoubleArray doubles() {
    return doubles;
  }

  /** The free list of each array of floats. */
  List<FreeList> floatSpaces() {
    return floatSpaces;
  }

  /** The free list of each array of halves, in {@link WeightLoads#UNIT}s. */
  List<FreeList> halfSpaces() {
    return halfSpaces;
  }

  /** Allocates a range of the tables, which the caller frees. */
  int allocateTable(int ints) {
    int at = tableSpace.allocate(ints);
    if (at < 0) {
      throw new BackendException(
          "device memory: tables: expected %d bytes free, found %d"
              .formatted(4L * ints, 4L * (tableSpace.capacity() - tableSpace.used())));
    }
    return at;
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
    List<Object> all = new ArrayList<>(List.of(tables));
    all.addAll(floats);
    all.addAll(halves);
    if (hasDoubles()) {
      all.add(doubles);
    }
    return all.toArray();
  }

  @Override
  public void close() {
    arena.close();
  }
}
