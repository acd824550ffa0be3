package rankine.kernels.tornado;

import rankine.common.BackendException;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A selected device and its memory budget.
 *
 * @param memory bytes that the backend may allocate
 * @param largestArray bytes of the largest array; at most the driver's largest allocation
 * @param float64 whether the device computes in float64, as decompositions must
 */
record OpenDevice(TornadoDevice device, long memory, long largestArray, boolean float64) {
  /**
   * Divides the memory for the registered weights.
   *
   * @throws BackendException if they do not fit
   */
  DeviceMemory.ArraySizes sizes(Residency residency) {
    return new MemoryPlan(name(), memory, largestArray, float64)
        .sizes(residency.pending(true), residency.pending(false));
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
