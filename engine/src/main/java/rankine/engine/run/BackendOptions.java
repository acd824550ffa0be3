package rankine.engine.run;

import rankine.kernels.Backends;

/**
 * Backend, device and threads to compute with.
 *
 * @param backend {@code auto}, {@code scalar}, {@code vector} or {@code tornado}
 * @param device index of the device of a GPU backend
 * @param threads CPU threads
 * @param copyWeights whether to copy the weights into memory instead of mapping their files
 */
public record BackendOptions(String backend, int device, int threads, boolean copyWeights) {
  /** Options with mapped weights. */
  public BackendOptions(String backend, int device, int threads) {
    this(backend, device, threads, false);
  }

  /** Returns the fastest backend of this machine with one thread per processor, within limits. */
  public static BackendOptions standard() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new BackendOptions("auto", 0, Math.min(processors, Backends.MAX_THREADS));
  }
}
