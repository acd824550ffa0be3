package rankine.kernels;

/**
 * A backend from another module, found by {@link java.util.ServiceLoader}. Its class must load
 * where its runtime is absent, and {@link #create} say what is missing.
 */
public interface BackendProvider {
  /** As on the command line, e.g. {@code tornado}. */
  String name();

  /**
   * Opens device {@code device}.
   *
   * @throws BackendException in one line, what is missing and how to get it
   */
  Backend create(int device);
}
