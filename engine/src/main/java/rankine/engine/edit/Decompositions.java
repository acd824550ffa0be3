package rankine.engine.edit;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import rankine.engine.lowrank.ExactSvd;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.lowrank.RandomizedSvd;
import rankine.engine.lowrank.Svd;
import rankine.engine.lowrank.SvdMethod;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;

/**
 * Decompositions of a model's matrices, made when first asked for. The exact one of a matrix serves
 * every rate; it is kept as long as the memory is not wanted for something else.
 */
public final class Decompositions {
  private record Key(Matrix matrix, String method) {}

  private final Backend backend;
  private final FactorCache disk;
  private final Map<Key, SoftReference<Svd>> kept = new HashMap<>();

  /**
   * Computes on {@code backend} what {@code disk} does not have. Sketches are not kept there: they
   * take less time than reading them.
   */
  public Decompositions(Backend backend, FactorCache disk) {
    this.backend = backend;
    this.disk = disk;
  }

  /** All triplets of {@code w}; {@code name} is for messages. */
  public Svd exact(String name, Matrix w) {
    return get(name, w, new ExactSvd(), disk);
  }

  /** The leading {@code options.rank()} triplets of {@code w}, by a sketch. */
  public Svd randomized(String name, Matrix w, RandomizedOptions options) {
    return get(name, w, new RandomizedSvd(options), FactorCache.none());
  }

  Backend backend() {
    return backend;
  }

  private synchronized Svd get(String name, Matrix w, SvdMethod method, FactorCache cache) {
    Key key = new Key(w, method.key());
    SoftReference<Svd> reference = kept.get(key);
    Svd known = reference == null ? null : reference.get();
    if (known != null) {
      return known;
    }
    Svd svd = cache.decompose(name, w, method, backend);
    kept.put(key, new SoftReference<>(svd));
    return svd;
  }
}
