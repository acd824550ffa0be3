package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rankine.common.BackendException;
import rankine.kernels.BackendProvider;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * The devices that TornadoVM finds, indexed over its drivers in the order of {@link #DRIVERS}. PTX
 * is left out: its float64 logarithm, sine and cosine have the accuracy of float32.
 */
final class Devices {
  /** Work-items of the largest work-group of all kernels. */
  static final int GROUP = 256;

  /** Default share of a device's memory. */
  private static final double MEMORY_SHARE = 0.8;

  /** CUDA first: on NVIDIA's devices it offers more than OpenCL. */
  private static final List<TornadoVMBackendType> DRIVERS =
      List.of(
          TornadoVMBackendType.CUDA,
          TornadoVMBackendType.OPENCL,
          TornadoVMBackendType.SPIRV,
          TornadoVMBackendType.METAL);

  private Devices() {}

  static List<TornadoDevice> all() {
    List<TornadoDevice> devices = new ArrayList<>();
    TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
    for (TornadoVMBackendType type : DRIVERS) {
      for (int i = 0; i < runtime.getNumBackends(); i++) {
        if (runtime.getBackendType(i) == type) {
          TornadoBackend driver = runtime.getBackend(i);
          for (int j = 0; j < driver.getNumDevices(); j++) {
            devices.add(driver.getDevice(j));
          }
        }
      }
    }
    return devices;
  }

  /** Returns why there is no device; empty if there is one. */
  static Optional<String> missing() {
    String found;
    try {
      if (!all().isEmpty()) {
        return Optional.empty();
      }
      found = "none";
    } catch (LinkageError e) {
      found = "none"; // TornadoVM's runtime fails to load without a device
    } catch (RuntimeException | TornadoInternalError e) {
      found = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    return Optional.of(
        "expected a device with a driver for OpenCL, found "
            + found.lines().findFirst().orElse("none")
            + "; install the vendor's driver, or PoCL for the CPU (apt-get install pocl-opencl-icd)");
  }

  /** Describes all devices. */
  static List<BackendProvider.DeviceInfo> infos() {
    return all().stream()
        .map(
            d ->
                new BackendProvider.DeviceInfo(
                    d.getPhysicalDevice().getDeviceName().strip(),
                    "%s, %s%s"
                        .formatted(
                            d.getTornadoVMBackend(),
                            d.getPlatformName().strip(),
                            hasFloat64(d) ? "" : ", no float64: decompositions run on the host"),
                    d.getDeviceType() == TornadoDeviceType.GPU,
                    d.getMaxGlobalMemory()))
        .toList();
  }

  /**
   * Selects device {@code index}.
   *
   * @param memory memory budget in bytes, or 0 for the default share
   * @throws BackendException if no device has that index, or its work-groups are too small
   */
  static OpenDevice open(int index, long memory) {
    List<TornadoDevice> devices = all();
    if (index < 0 || index >= devices.size()) {
      throw new BackendException(
          "device: expected 0 to %d, found %d".formatted(devices.size() - 1, index));
    }
    TornadoDevice device = devices.get(index);
    long[] largest = device.getPhysicalDevice().getDeviceMaxWorkGroupSize();
    if (largest[0] < GROUP) {
      throw new BackendException(
          "device %d: expected work-groups of at least %d work-items, found %d on %s"
              .formatted(
                  index, GROUP, largest[0], device.getPhysicalDevice().getDeviceName().strip()));
    }
    long share = (long) (MEMORY_SHARE * device.getMaxGlobalMemory());
    return new OpenDevice(
        device, memory > 0 ? memory : share, device.getMaxAllocMemory(), hasFloat64(device));
  }

  /** Reads what only the driver's description tells; drivers that do not tell have float64. */
  private static boolean hasFloat64(TornadoDevice device) {
    return !device
        .getPhysicalDevice()
        .getDeviceInfo()
        .toLowerCase(Locale.ROOT)
        .contains("double fp config : false");
  }
}
