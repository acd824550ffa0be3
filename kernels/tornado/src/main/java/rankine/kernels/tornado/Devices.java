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

/** The devices that TornadoVM finds, those of all its drivers in a row. */
final class Devices {
  /** The part of a device's memory that is taken unless said otherwise. */
  private static final double SHARE = 0.8;

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

  /** Why there is no device at all, if so. */
  static Optional<String> fault() {
    String found;
    try {
      if (!all().isEmpty()) {
        return Optional.empty();
      }
      found = "none";
    } catch (LinkageError e) {
      found = "none"; // its runtime does not come up without one
    } catch (RuntimeException | TornadoInternalError e) {
      found = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    return Optional.of(
        "expected a device with a driver for OpenCL, found "
            + found.lines().findFirst().orElse("none")
            + "; install the maker's driver, or PoCL for the CPU (apt-get install pocl-opencl-icd)");
  }

  /** All devices, for people. */
  static List<BackendProvider.DeviceInfo> described() {
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
   * Device {@code index}.
   *
   * @param memory bytes to take of it, or 0 for the standard share
   * @throws BackendException if there is none of that number
   */
  static OpenDevice open(int index, long memory) {
    List<TornadoDevice> devices = all();
    if (index < 0 || index >= devices.size()) {
      throw new BackendException(
          "device: expected 0 to %d, found %d".formatted(devices.size() - 1, index));
    }
    TornadoDevice device = devices.get(index);
    long share = (long) (SHARE * device.getMaxGlobalMemory());
    return new OpenDevice(device, memory > 0 ? memory : share);
  }
}
