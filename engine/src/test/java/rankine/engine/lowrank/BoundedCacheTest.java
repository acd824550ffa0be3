package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The cache evicts the least recently used values. */
class BoundedCacheTest {
  private static BoundedCache<Integer, int[]> cache(int most) {
    return new BoundedCache<>(most, value -> value.length);
  }

  @Test
  void evictsTheLeastRecentlyUsed() {
    BoundedCache<Integer, int[]> cache = cache(3);
    int[] first = new int[1];
    cache.put(0, first);
    cache.put(1, new int[1]);
    cache.put(2, new int[1]);
    assertSame(first, cache.get(0).orElseThrow()); // now entry 1 is the least recently used
    cache.put(3, new int[1]);
    assertEquals(Optional.empty(), cache.get(1));
    assertSame(first, cache.get(0).orElseThrow());
    cache.put(1, new int[2]);
    assertEquals(Optional.empty(), cache.get(2));
    assertEquals(Optional.empty(), cache.get(3));
    assertSame(first, cache.get(0).orElseThrow());
  }

  @Test
  void keepsTheNewestAboveTheLimit() {
    BoundedCache<Integer, int[]> cache = cache(1);
    int[] large = new int[3];
    cache.put(0, new int[1]);
    cache.put(1, large);
    assertEquals(Optional.empty(), cache.get(0));
    assertSame(large, cache.get(1).orElseThrow());
    cache.put(2, new int[1]);
    assertEquals(Optional.empty(), cache.get(1));
  }
}
