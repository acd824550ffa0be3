package rankine.engine.edit;

import java.util.Optional;
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
 * every rate; the last ones are kept.
 */
public final class Decompositions {
  /** Of what is kept: the three matrices of an MLP with 4096 and 14336 features. */
  private static final long MOST_BYTES = 1L << 30;

  /**
   * Bytes made and dropped before the collector is called. On its own it would let the heap grow to
   * its limit first, and of factors, which lie outside the heap, it knows nothing: a sweep over
   * eight layers of 768 features took 2.2 GiB.
   */
  private static final long COLLECTED = 256L << 20;

  /** Of r triplets: about so many matrices [r, r] in float64 are on the heap on the way. */
  private static final int MATRICES = 8;

  private final Backend backend;
  private final FactorCache disk;
  private final DecompositionCache kept = new DecompositionCache(MOST_BYTES);

  /** Bytes since the collector was last called. */
  private long used;

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
    DecompositionCache.DecompositionKey key =
        new DecompositionCache.DecompositionKey(w, method.key());
    Optional<Svd> known = kept.get(key);
    if (known.isPresent()) {
      return known.get();
    }
    Svd svd = cache.decompose(name, w, method, backend);
    kept.put(key, svd);
    collect(svd);
    return svd;
  }

  private void collect(Svd made) {
    long rank = made.rank();
    used += DecompositionCache.bytes(made) + MATRICES * rank * rank * Double.BYTES;
    if (used > COLLECTED) {
      used = 0;
      System.gc();
    }
  }
}
