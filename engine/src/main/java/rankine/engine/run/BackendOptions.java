package rankine.engine.run;

import rankine.kernels.Backends;

/**
 * Backend, device and threads to compute with.
 *
 * @param backend {@code auto}, {@code scalar}, {@code vector} or {@code tornado}
 * @param device index of the device of a GPU backend
 * @param threads CPU threads
 */
public record BackendOptions(String backend, int device, int threads) {
  /** Returns the fastest backend of this machine with one thread per processor, within limits. */
  public static BackendOptions standard() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new BackendOptions("auto", 0, Math.min(processors, Backends.MAX_THREADS));
  }
}
