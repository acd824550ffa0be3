package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.common.BackendException;
import rankine.kernels.BackendProvider;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** The devices that TornadoVM finds, indexed over all its drivers. */
final class Devices {
  /** Default share of a device's memory. */
  private static final double MEMORY_SHARE = 0.8;

  private Devices() {}

  static List<TornadoDevice> all() {
    List<TornadoDevice> devices = new ArrayList<>();
    TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
    for (int i = 0; i < runtime.getNumBackends(); i++) {
      TornadoBackend driver = runtime.getBackend(i);
      for (int j = 0; j < driver.getNumDevices(); j++) {
        devices.add(driver.getDevice(j));
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
                    d.getTornadoVMBackend() + ", " + d.getPlatformName().strip(),
                    d.getDeviceType() == TornadoDeviceType.GPU,
                    d.getMaxGlobalMemory()))
        .toList();
  }

  /**
   * Selects device {@code index}.
   *
   * @param memory memory budget in bytes, or 0 for the default share
   * @throws BackendException if no device has that index
   */
  static OpenDevice open(int index, long memory) {
    List<TornadoDevice> devices = all();
    if (index < 0 || index >= devices.size()) {
      throw new BackendException(
          "device: expected 0 to %d, found %d".formatted(devices.size() - 1, index));
    }
    TornadoDevice device = devices.get(index);
    long share = (long) (MEMORY_SHARE * device.getMaxGlobalMemory());
    return new OpenDevice(device, memory > 0 ? memory : share);
  }
}
