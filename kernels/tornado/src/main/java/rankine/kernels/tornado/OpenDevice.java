package rankine.kernels.tornado;

import rankine.common.BackendException;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A selected device and its memory budget.
 *
 * @param memory bytes that the backend may allocate
 * @param float64 whether the device computes in float64, as decompositions must
 */
record OpenDevice(TornadoDevice device, long memory, boolean float64) {
  /** Ints for encoded operations and batches. */
  private static final int TABLE_INTS = 1 << 20;

  /** Elements for float64 matrices. */
  private static final int DOUBLE_COUNT = 1 << 21;

  /** TornadoVM counts the elements of an array in an int; the margin is for the array header. */
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 1024L;

  /** Bytes of an array's allocation left for its header. */
  private static final long HEADER = 1024;

  /** Minimum bytes of each weight array beyond the model's weights. */
  private static final long MIN_BYTES = 4 << 20;

  /**
   * Divides the memory: 16-bit weights get the size of the registered ones and a quarter more for
   * edits; float32 gets all the rest.
   *
   * @throws BackendException if the registered weights do not fit
   */
  DeviceMemory.ArraySizes sizes(Residency residency) {
    long modelHalfBytes = 2L * WeightLoads.UNIT * residency.pending(true) + MIN_BYTES;
    long modelFloatBytes = 4 * residency.pending(false) + MIN_BYTES;
    int doubles = float64 ? DOUBLE_COUNT : 0;
    long fixed = 4L * TABLE_INTS + 8L * doubles;
    long needed = modelHalfBytes + modelFloatBytes + fixed;
    if (needed > memory) {
      throw new BackendException(
          "device memory: expected %d bytes for the model, found %d on %s; %s=SIZE gives more"
              .formatted(needed, memory, name(), MemoryOption.NAME));
    }
    long maxArrayBytes = device.getMaxAllocMemory() - HEADER;
    long maxHalfBytes = Math.min(8 * MAX_ELEMENTS, maxArrayBytes);
    long maxFloatBytes = Math.min(4 * MAX_ELEMENTS, maxArrayBytes);
    if (modelHalfBytes > maxHalfBytes || modelFloatBytes > maxFloatBytes) {
      throw new BackendException(
          "device memory: expected at most %d bytes of 16-bit and %d of float32 weights (the largest arrays on %s), found %d and %d"
              .formatted(maxHalfBytes, maxFloatBytes, name(), modelHalfBytes, modelFloatBytes));
    }
    long spare = (memory - needed) / 4;
    long halfBytes = Math.min(maxHalfBytes, modelHalfBytes + Math.min(modelHalfBytes / 4, spare));
    long floatBytes = Math.min(maxFloatBytes, memory - fixed - halfBytes);
    int words = (int) (halfBytes / 8) / DeviceMemory.WORDS * DeviceMemory.WORDS;
    return new DeviceMemory.ArraySizes((int) (floatBytes / 4), words, TABLE_INTS, doubles);
  }

  /** The vendor's name of the device. */
  String name() {
    return device.getPhysicalDevice().getDeviceName().strip();
  }

  /** Name, platform and memory in one line. */
  String description() {
    return "%s (%s), %.1f GB of %.1f GB"
        .formatted(
            name(),
            device.getPlatformName().strip(),
            memory / 1e9,
            device.getMaxGlobalMemory() / 1e9);
  }
}
