package rankine.engine;

import java.nio.file.Path;
import java.util.Optional;
import rankine.engine.run.BackendOptions;

/**
 * Where and with what a model computes. Results do not depend on threads, cache or copies.
 *
 * @param backend {@code auto}, {@code scalar}, {@code vector} or {@code tornado}
 * @param device index of the device of the {@code tornado} backend
 * @param threads CPU threads, at least 1
 * @param cache folder that keeps singular value decompositions between runs; empty: none is kept
 * @param copyWeights whether to copy the weights into memory, which takes as much as their files,
 *     instead of mapping the files: these may then change while the model is in use
 */
public record ModelOptions(
    String backend, int device, int threads, Optional<Path> cache, boolean copyWeights) {
  /** The fastest backend of this machine, one thread per processor within limits, no cache. */
  public static final ModelOptions DEFAULT =
      new ModelOptions("auto", 0, BackendOptions.standard().threads(), Optional.empty(), false);

  /** Returns these options with another backend. */
  public ModelOptions withBackend(String name) {
    return new ModelOptions(name, device, threads, cache, copyWeights);
  }

  /** Returns these options with another number of threads. */
  public ModelOptions withThreads(int count) {
    return new ModelOptions(backend, device, count, cache, copyWeights);
  }

  /** Returns these options with a folder for decompositions, created at first use. */
  public ModelOptions withCache(Path folder) {
    return new ModelOptions(backend, device, threads, Optional.of(folder), copyWeights);
  }

  /** Returns these options with copies of the weights. */
  public ModelOptions withCopiedWeights() {
    return new ModelOptions(backend, device, threads, cache, true);
  }
}
