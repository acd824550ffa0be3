package rankine.engine.edit;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import rankine.engine.lowrank.ExactSvd;
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
  private final Map<Key, SoftReference<Svd>> kept = new HashMap<>();

  /** Computes on {@code backend}. */
  public Decompositions(Backend backend) {
    this.backend = backend;
  }

  /** All triplets of {@code w}; {@code name} is for messages. */
  public Svd exact(String name, Matrix w) {
    return get(name, w, new ExactSvd());
  }

  /** The leading {@code rank} triplets of {@code w}, by a sketch. */
  public Svd randomized(String name, Matrix w, int rank, long seed) {
    return get(name, w, new RandomizedSvd(RandomizedOptions.standard(rank, seed)));
  }

  Backend backend() {
    return backend;
  }

  private synchronized Svd get(String name, Matrix w, SvdMethod method) {
    Key key = new Key(w, method.key());
    SoftReference<Svd> reference = kept.get(key);
    Svd known = reference == null ? null : reference.get();
    if (known != null) {
      return known;
    }
    Svd svd = method.decompose(name, w, backend);
    kept.put(key, new SoftReference<>(svd));
    return svd;
  }
}
