package rankine.kernels;

import java.util.List;
import java.util.Optional;
import rankine.common.BackendException;

/**
 * Provides a backend from another module; found by {@link java.util.ServiceLoader}. The class must
 * load where its runtime is absent; {@link #missing} then names what is missing.
 */
public interface BackendProvider {
  /**
   * A device that the runtime finds.
   *
   * @param name the vendor's name of the device
   * @param driver the driver and its platform
   * @param gpu true for a GPU, false for a CPU
   * @param memoryBytes total device memory
   */
  record DeviceInfo(String name, String driver, boolean gpu, long memoryBytes) {}

  /** The name on the command line, e.g. {@code tornado}. */
  String name();

  /**
   * Names what is missing and how to install it, in one line; empty if {@link #create} can work.
   */
  Optional<String> missing();

  /** The runtime and its version. Call it only when nothing is missing. */
  String runtime();

  /** The devices by index. Call it only when nothing is missing. */
  List<DeviceInfo> devices();

  /**
   * Opens device {@code device}.
   *
   * @throws BackendException naming in one line what is missing and how to install it
   */
  Backend create(int device);

  /**
   * Opens device {@code device} with only the memory that {@link BackendBenchmark} needs.
   *
   * @throws BackendException as {@link #create}
   */
  Backend trial(int device);
}
