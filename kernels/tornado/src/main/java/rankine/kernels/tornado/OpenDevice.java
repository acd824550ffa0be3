package rankine.kernels.tornado;

import rankine.common.BackendException;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A device and how much of its memory is ours.
 *
 * @param memory bytes that we may take
 */
record OpenDevice(TornadoDevice device, long memory) {
  /** Bytes for rows of operations and batches, and for float64 matrices. */
  private static final int TABLES = 1 << 20;

  private static final int DOUBLES = 1 << 21;

  /** An array is counted in ints; a little less, for its header. */
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 1024L;

  private static final long HEADER = 1024;

  /** Bytes of each kind that are needed beside a model's weights, at the least. */
  private static final long LEAST = 4 << 20;

  /**
   * How the memory is divided: 16-bit weights get what the known ones need and a quarter more for
   * edits, float32 all the rest.
   *
   * @throws BackendException if the known weights do not fit
   */
  DeviceMemory.ArraySizes sizes(Residency residency) {
    long halves = 2L * WeightLoads.UNIT * residency.pending(true) + LEAST;
    long floats = 4 * residency.pending(false) + LEAST;
    long fixed = 4L * TABLES + 8L * DOUBLES;
    long needed = halves + floats + fixed;
    if (needed > memory) {
      throw new BackendException(
          "device memory: expected %d bytes for the model, found %d on %s; %s=SIZE gives more"
              .formatted(needed, memory, name(), MemoryOption.NAME));
    }
    long one = device.getMaxAllocMemory() - HEADER;
    long mostHalves = Math.min(8 * MOST_ELEMENTS, one);
    long mostFloats = Math.min(4 * MOST_ELEMENTS, one);
    if (halves > mostHalves || floats > mostFloats) {
      throw new BackendException(
          "device memory: expected at most %d bytes of 16-bit and %d of float32 weights (%s takes no larger arrays), found %d and %d"
              .formatted(mostHalves, mostFloats, name(), halves, floats));
    }
    long spare = (memory - needed) / 4;
    long wide = Math.min(mostHalves, halves + Math.min(halves / 4, spare));
    long rest = Math.min(mostFloats, memory - fixed - wide);
    int words = (int) (wide / 8) / DeviceMemory.WORDS * DeviceMemory.WORDS;
    return new DeviceMemory.ArraySizes((int) (rest / 4), words, TABLES, DOUBLES);
  }

  /** The device's own name. */
  String name() {
    return device.getPhysicalDevice().getDeviceName().strip();
  }

  /** One line for people. */
  String description() {
    return "%s (%s), %.1f GB of %.1f GB"
        .formatted(
            name(),
            device.getPlatformName().strip(),
            memory / 1e9,
            device.getMaxGlobalMemory() / 1e9);
  }
}
