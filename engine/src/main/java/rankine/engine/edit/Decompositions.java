package rankine.engine.edit;

import java.util.Optional;
import java.util.function.Supplier;
import rankine.engine.lowrank.BoundedCache;
import rankine.engine.lowrank.ExactSvd;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.lowrank.RandomizedSvd;
import rankine.engine.lowrank.Svd;
import rankine.engine.lowrank.SvdMethod;
import rankine.engine.model.MemoryLimits;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;

/**
 * Computes decompositions of a model's matrices on demand and caches the recent ones. The exact
 * decomposition of a matrix serves every rate; so does a sketch, from its own rate on.
 */
public final class Decompositions {
  /** Limit of the cache: the three matrices of an MLP with 4096 and 14336 features. */
  private static final long MAX_BYTES = 1L << 30;

  /**
   * Bytes allocated between explicit garbage collections. The collector alone would first let the
   * heap grow to its limit, and it does not see the off-heap factors: a sweep over eight layers of
   * 768 features took 2.2 GiB.
   */
  private static final long GC_INTERVAL_BYTES = 256L << 20;

  /** Heap use of a decomposition of r triplets, in float64 matrices [r, r], approximately. */
  private static final int HEAP_MATRICES = 8;

  /** The Gram matrix and its eigenvectors: of those, what is in use at one time. */
  private static final long WORKSPACE_MATRICES = 2;

  /** The matrix and {@link SvdMethod#key}. */
  private record DecompositionKey(Matrix matrix, String method) {}

  private final Backend backend;
  private final FactorCache disk;
  private final MemoryLimits limits;
  private final BoundedCache<DecompositionKey, Svd> cache =
      new BoundedCache<>(MAX_BYTES, Decompositions::bytes);

  /** Bytes allocated since the last explicit garbage collection. */
  private long allocated;

  /**
   * Computes decompositions on {@code backend} and stores exact ones in {@code disk}. Sketches are
   * not stored: computing one takes less time than reading it.
   */
  public Decompositions(Backend backend, FactorCache disk) {
    this(backend, disk, MemoryLimits.NONE);
  }

  /**
   * As {@link #Decompositions(Backend, FactorCache)}.
   *
   * @param limits an exact decomposition beyond them is refused before it begins
   */
  public Decompositions(Backend backend, FactorCache disk, MemoryLimits limits) {
    this.backend = backend;
    this.disk = disk;
    this.limits = limits;
  }

  /**
   * Returns all triplets of {@code w}; {@code name} is for error messages.
   *
   * @throws rankine.common.ModelException if the memory does not suffice
   */
  public Svd exact(String name, Matrix w) {
    return exact(name, w, EditMethod.EXACT);
  }

  /**
   * As {@link #exact(String, Matrix)}.
   *
   * @param method that the user asked for: what the refusal advises depends on it
   */
  Svd exact(String name, Matrix w, EditMethod method) {
    return get(
        w,
        new ExactSvd().key(),
        () -> disk.decompose(name, w, backend, () -> requireHeap(name, w, method)));
  }

  private void requireHeap(String name, Matrix w, EditMethod method) {
    long rank = Math.min(w.rows(), w.cols());
    if (backend.usesHeap()) {
      limits.requireHeap(
          WORKSPACE_MATRICES * rank * rank * Double.BYTES,
          "the decomposition of %s [%d, %d]".formatted(name, w.rows(), w.cols()),
          method == EditMethod.RANDOMIZED ? "larger rates" : "--method randomized and large rates");
    }
  }

  /** Returns the leading {@code options.rank()} triplets of {@code w}, computed by a sketch. */
  public Svd randomized(String name, Matrix w, RandomizedOptions options) {
    RandomizedSvd method = new RandomizedSvd(options);
    return get(w, method.key(), () -> method.decompose(name, w, backend));
  }

  Backend backend() {
    return backend;
  }

  private synchronized Svd get(Matrix w, String method, Supplier<Svd> decomposition) {
    DecompositionKey key = new DecompositionKey(w, method);
    Optional<Svd> known = cache.get(key);
    if (known.isPresent()) {
      return known.get();
    }
    Svd svd = decomposition.get();
    cache.put(key, svd);
    collect(svd);
    return svd;
  }

  /** Returns the size of both factors. */
  private static long bytes(Svd svd) {
    return (long) svd.rank() * (svd.u().rows() + svd.v().rows()) * Float.BYTES;
  }

  private void collect(Svd made) {
    long rank = made.rank();
    allocated += bytes(made) + HEAP_MATRICES * rank * rank * Double.BYTES;
    if (allocated > GC_INTERVAL_BYTES) {
      allocated = 0;
      System.gc();
    }
  }
}
