package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.common.BackendException;

/**
 * The memory that a backend may use on a device, divided among the resident arrays: 16-bit weights
 * get the size of the registered ones and a quarter more for edits, float32 all the rest.
 *
 * @param device the device's name, for messages
 * @param memory bytes in all
 * @param largestArray bytes of the largest array that the driver allocates
 * @param float64 whether there are float64 matrices
 */
record MemoryPlan(String device, long memory, long largestArray, boolean float64) {
  /** Ints for encoded operations and batches. */
  private static final int TABLE_INTS = 1 << 20;

  /** Elements for float64 matrices. */
  private static final int DOUBLE_COUNT = 1 << 21;

  /** TornadoVM, and the kernels, count elements in an int; the margin is for the array header. */
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 1024L;

  /** Bytes of an array's allocation left for its header. */
  private static final long HEADER = 1024;

  /** Minimum bytes beyond the model's weights, of each element type. */
  private static final long MIN_BYTES = 4 << 20;

  /**
   * Divides the memory. All registered weights then fit, in whatever order they are allocated.
   *
   * @throws BackendException if they do not fit
   */
  DeviceMemory.ArraySizes sizes(WeightBytes halves, WeightBytes floats) {
    long maxHalfBytes = Math.min(8 * MAX_ELEMENTS, largestArray - HEADER);
    long maxFloatBytes = Math.min(4 * MAX_ELEMENTS, largestArray - HEADER);
    long modelHalfBytes =
        modelBytes("16-bit", halves, maxHalfBytes, Math.min(maxHalfBytes, 2 * MAX_ELEMENTS));
    long modelFloatBytes = modelBytes("float32", floats, maxFloatBytes, maxFloatBytes);
    int doubles = float64 ? DOUBLE_COUNT : 0;
    long fixed = 4L * TABLE_INTS + 8L * doubles;
    long needed = modelHalfBytes + modelFloatBytes + fixed;
    if (needed > memory) {
      throw new BackendException(
          "device memory: expected %d bytes for the model, found %d on %s; %s=SIZE gives more"
              .formatted(needed, memory, device, MemoryOption.NAME));
    }
    long spare = (memory - needed) / 4;
    long halfBytes =
        Math.min(
            DeviceMemory.ARRAYS * maxHalfBytes,
            modelHalfBytes + Math.min(modelHalfBytes / 4, spare));
    long floatBytes = Math.min(DeviceMemory.ARRAYS * maxFloatBytes, memory - fixed - halfBytes);
    return new DeviceMemory.ArraySizes(
        elements(floatBytes, maxFloatBytes, 4, 1),
        elements(halfBytes, maxHalfBytes, 8, DeviceMemory.WORDS),
        TABLE_INTS,
        doubles);
  }

  /**
   * The bytes of all arrays of an element type: with {@code n} arrays the weights, and {@code n -
   * 1} times the largest. A weight that finds no room finds less than its own size in each array,
   * so more than the rest of the weights would be allocated.
   */
  private long modelBytes(String type, WeightBytes weights, long maxArrayBytes, long maxWeight) {
    if (weights.largest() > maxWeight) {
      throw new BackendException(
          "device memory: expected %s weights of at most %d bytes, the largest array on %s, found one of %d"
              .formatted(type, maxWeight, device, weights.largest()));
    }
    for (int arrays = 1; arrays <= DeviceMemory.ARRAYS; arrays++) {
      long bytes = weights.total() + MIN_BYTES + (arrays - 1) * weights.largest();
      if (bytes <= arrays * maxArrayBytes) {
        return bytes;
      }
    }
    throw new BackendException(
        "device memory: expected at most %d bytes of %s weights (%d of the largest arrays on %s), found %d"
            .formatted(
                DeviceMemory.ARRAYS * maxArrayBytes,
                type,
                DeviceMemory.ARRAYS,
                device,
                weights.total()));
  }

  /** Elements of each array: all but the last are as large as possible. */
  private static List<Integer> elements(
      long bytes, long maxArrayBytes, int elementBytes, int multiple) {
    List<Integer> elements = new ArrayList<>();
    for (long left = bytes; left > 0; left -= maxArrayBytes) {
      long count = Math.min(left, maxArrayBytes) / elementBytes;
      elements.add((int) (count / multiple * multiple));
    }
    return elements;
  }
}
