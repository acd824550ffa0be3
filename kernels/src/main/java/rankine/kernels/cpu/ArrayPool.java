package rankine.kernels.cpu;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * A pool of arrays, for activations, matrices, or keys and values. A search allocates a batch for
 * every variant, and megabytes of new memory each time cost more than the small operations. Lent
 * and free arrays together hold at most {@value #SETS} times the peak of what was lent: a search
 * alternates between buffers for tokens and buffers for logits.
 */
final class ArrayPool {
  private static final int SETS = 2;

  private final TreeMap<Integer, ArrayDeque<float[]>> free = new TreeMap<>();
  private long lent;
  private long peakLent;
  private long held;

  /** Lends an array of undefined content. */
  float[] take(int length) {
    lent += length;
    peakLent = Math.max(peakLent, lent);
    ArrayDeque<float[]> same = free.get(length);
    if (same != null) {
      return remove(length, same);
    }
    trim(length);
    held += length;
    return new float[length];
  }

  /** Returns {@code array} to the pool; the borrower may not use it any more. */
  void give(float[] array) {
    lent -= array.length;
    free.computeIfAbsent(array.length, _ -> new ArrayDeque<>()).push(array);
  }

  /**
   * Frees arrays, smallest first, until another {@code length} floats fit the limit: small ones are
   * the cheapest to lose.
   */
  private void trim(int length) {
    while (!free.isEmpty() && held + length > SETS * peakLent) {
      Map.Entry<Integer, ArrayDeque<float[]>> smallest = free.firstEntry();
      remove(smallest.getKey(), smallest.getValue());
      held -= smallest.getKey();
    }
  }

  private float[] remove(int length, ArrayDeque<float[]> same) {
    float[] array = same.pop();
    if (same.isEmpty()) {
      free.remove(length);
    }
    return array;
  }

  /** Floats that are lent or free. */
  long held() {
    return held;
  }
}
