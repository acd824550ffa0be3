package rankine.engine.edit;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import rankine.engine.lowrank.Svd;
import rankine.kernels.Matrix;

/**
 * Decompositions that may be asked for again, those used last, in no more than so many bytes. Their
 * factors lie outside the heap, so the collector would not know when they are too many.
 */
final class DecompositionCache {
  /** What was decomposed, and how. */
  record DecompositionKey(Matrix matrix, String method) {}

  private final long mostBytes;

  /** The one that was used longest ago first. */
  private final Map<DecompositionKey, Svd> kept = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;

  /**
   * @param mostBytes of all factors together, but the newest is kept whatever it has
   */
  DecompositionCache(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  Optional<Svd> get(DecompositionKey key) {
    return Optional.ofNullable(kept.get(key));
  }

  /** Keeps one that is not there, and drops others for it. */
  void put(DecompositionKey key, Svd svd) {
    bytes += bytes(svd);
    Iterator<Svd> eldest = kept.values().iterator();
    while (bytes > mostBytes && eldest.hasNext()) {
      bytes -= bytes(eldest.next());
      eldest.remove();
    }
    kept.put(key, svd);
  }

  /** Of both factors. */
  static long bytes(Svd svd) {
    return (long) svd.rank() * (svd.u().rows() + svd.v().rows()) * Float.BYTES;
  }
}
