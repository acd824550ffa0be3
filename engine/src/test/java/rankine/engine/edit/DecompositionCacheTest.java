package rankine.engine.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import rankine.engine.lowrank.Svd;
import rankine.kernels.Matrix;

/** What was used last stays, as far as it fits. */
class DecompositionCacheTest {
  /** Of {@link #svd}: (3 + 5) floats a triplet. */
  private static final long BYTES = 32;

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
  void theEldestGoesFirst() {
    DecompositionCache kept = new DecompositionCache(3 * BYTES);
    DecompositionCache.DecompositionKey[] keys = keys();
    Svd first = svd(1);
    kept.put(keys[0], first);
    kept.put(keys[1], svd(1));
    kept.put(keys[2], svd(1));
    assertSame(first, kept.get(keys[0]).orElseThrow()); // used: 1 is the eldest now
    kept.put(keys[3], svd(1));
    assertEquals(Optional.empty(), kept.get(keys[1]));
    assertSame(first, kept.get(keys[0]).orElseThrow());
    kept.put(keys[1], svd(2));
    assertEquals(Optional.empty(), kept.get(keys[2]));
    assertEquals(Optional.empty(), kept.get(keys[3]));
    assertSame(first, kept.get(keys[0]).orElseThrow());
  }

  @Test
  void theNewestStaysWhateverItHas() {
    DecompositionCache kept = new DecompositionCache(BYTES);
    DecompositionCache.DecompositionKey[] keys = keys();
    Svd large = svd(3);
    kept.put(keys[0], svd(1));
    kept.put(keys[1], large);
    assertEquals(Optional.empty(), kept.get(keys[0]));
    assertSame(large, kept.get(keys[1]).orElseThrow());
    kept.put(keys[2], svd(1));
    assertEquals(Optional.empty(), kept.get(keys[1]));
  }
}
