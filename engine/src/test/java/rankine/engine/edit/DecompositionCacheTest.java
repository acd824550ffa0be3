package rankine.engine.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import rankine.engine.lowrank.Svd;
import rankine.kernels.Matrix;

/** The cache evicts the least recently used decompositions. */
class DecompositionCacheTest {
  /** Size of a triplet of {@link #svd}: (3 + 5) floats. */
  private static final long TRIPLET_BYTES = 32;

  private static DecompositionCache.DecompositionKey key(int i) {
    return new DecompositionCache.DecompositionKey(Matrix.of(new float[15], 3, 5), "method " + i);
  }

  private static Svd svd(int rank) {
    Matrix u = Matrix.of(new float[3 * rank], rank, 3).transposed();
    Matrix v = Matrix.of(new float[5 * rank], rank, 5).transposed();
    return new Svd(u, new double[rank], v, 0);
  }

  private static DecompositionCache.DecompositionKey[] keys() {
    DecompositionCache.DecompositionKey[] keys = new DecompositionCache.DecompositionKey[4];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(i);
    }
    return keys;
  }

  @Test
  void evictsTheLeastRecentlyUsed() {
    DecompositionCache cache = new DecompositionCache(3 * TRIPLET_BYTES);
    DecompositionCache.DecompositionKey[] keys = keys();
    Svd first = svd(1);
    cache.put(keys[0], first);
    cache.put(keys[1], svd(1));
    cache.put(keys[2], svd(1));
    assertSame(first, cache.get(keys[0]).orElseThrow()); // now entry 1 is the least recently used
    cache.put(keys[3], svd(1));
    assertEquals(Optional.empty(), cache.get(keys[1]));
    assertSame(first, cache.get(keys[0]).orElseThrow());
    cache.put(keys[1], svd(2));
    assertEquals(Optional.empty(), cache.get(keys[2]));
    assertEquals(Optional.empty(), cache.get(keys[3]));
    assertSame(first, cache.get(keys[0]).orElseThrow());
  }

  @Test
  void keepsTheNewestAboveTheLimit() {
    DecompositionCache cache = new DecompositionCache(TRIPLET_BYTES);
    DecompositionCache.DecompositionKey[] keys = keys();
    Svd large = svd(3);
    cache.put(keys[0], svd(1));
    cache.put(keys[1], large);
    assertEquals(Optional.empty(), cache.get(keys[0]));
    assertSame(large, cache.get(keys[1]).orElseThrow());
    cache.put(keys[2], svd(1));
    assertEquals(Optional.empty(), cache.get(keys[1]));
  }
}
