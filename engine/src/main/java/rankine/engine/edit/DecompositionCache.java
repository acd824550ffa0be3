package rankine.engine.edit;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import rankine.engine.lowrank.Svd;
import rankine.kernels.Matrix;

/**
 * An LRU cache of decompositions with a byte limit. The factors are off-heap, so the garbage
 * collector does not see their size.
 */
final class DecompositionCache {
  /** The matrix and {@link rankine.engine.lowrank.SvdMethod#key}. */
  record DecompositionKey(Matrix matrix, String method) {}

  private final long maxBytes;

  /** In access order, least recently used first. */
  private final Map<DecompositionKey, Svd> entries = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;

  /**
   * @param maxBytes limit for all factors together; the newest entry stays even if it is larger
   */
  DecompositionCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  Optional<Svd> get(DecompositionKey key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** Adds an absent entry and evicts others if necessary. */
  void put(DecompositionKey key, Svd svd) {
    bytes += bytes(svd);
    Iterator<Svd> eldest = entries.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      bytes -= bytes(eldest.next());
      eldest.remove();
    }
    entries.put(key, svd);
  }

  /** Returns the size of both factors. */
  static long bytes(Svd svd) {
    return (long) svd.rank() * (svd.u().rows() + svd.v().rows()) * Float.BYTES;
  }
}
