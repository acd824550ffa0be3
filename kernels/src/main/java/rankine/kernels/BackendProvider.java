package rankine.kernels;

import java.util.List;
import java.util.Optional;
import rankine.common.BackendException;

/**
 * A backend from another module, found by {@link java.util.ServiceLoader}. Its class must load
 * where its runtime is absent, and {@link #missing} say what is missing.
 */
public interface BackendProvider {
  /**
   * A device that the runtime finds.
   *
   * @param name its maker's name for it
   * @param driver what drives it
   * @param gpu whether it is more than the CPU
   * @param memoryBytes in all
   */
  record DeviceInfo(String name, String driver, boolean gpu, long memoryBytes) {}

  /** As on the command line, e.g. {@code tornado}. */
  String name();

  /** What is missing and how to get it, in one line; empty if {@link #create} can work. */
  Optional<String> missing();

  /** The runtime and its version; only where nothing is missing. */
  String runtime();

  /** Its devices, by index; only where nothing is missing. */
  List<DeviceInfo> devices();

  /**
   * Opens device {@code device}.
   *
   * @throws BackendException in one line, what is missing and how to get it
   */
  Backend create(int device);

  /**
   * As {@link #create}, with memory for a measurement only.
   *
   * @throws BackendException as there
   */
  Backend trial(int device);
}
