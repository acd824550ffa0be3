package rankine.engine.run;

/**
 * Where to compute.
 *
 * @param backend {@code auto}, {@code scalar}, {@code vector} or {@code tornado}
 * @param device which device of a GPU backend
 * @param threads CPU threads
 */
public record BackendOptions(String backend, int device, int threads) {
  /** The fastest backend of this machine, on all processors. */
  public static BackendOptions standard() {
    return new BackendOptions("auto", 0, Runtime.getRuntime().availableProcessors());
  }
}
