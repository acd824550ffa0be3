package rankine.engine.lowrank;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * An LRU cache with a limit in bytes, for decompositions. Their factors may be off-heap, so the
 * garbage collector does not see their size. Not thread-safe.
 */
public final class BoundedCache<K, V> {
  private final long maxBytes;
  private final ToLongFunction<V> size;

  /** In access order, least recently used first. */
  private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;

  /**
   * @param maxBytes limit for all values together; the newest stays even if it is larger
   * @param size of a value in bytes
   */
  public BoundedCache(long maxBytes, ToLongFunction<V> size) {
    this.maxBytes = maxBytes;
    this.size = size;
  }

  /** Returns a value, which then is the most recently used. */
  public Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** Adds an absent entry and evicts others if necessary. */
  public void put(K key, V value) {
    bytes += size.applyAsLong(value);
    Iterator<V> eldest = entries.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      bytes -= size.applyAsLong(eldest.next());
      eldest.remove();
    }
    entries.put(key, value);
  }
}
