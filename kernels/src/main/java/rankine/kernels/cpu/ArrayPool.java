package rankine.kernels.cpu;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Arrays for activations that are used again: a search makes room for a batch at every variant, and
 * megabytes of new memory each time cost more than the small operations between. It holds, lent and
 * kept together, no more than {@value #SETS} times what was lent at one time: a search goes to and
 * fro between the room for tokens and that for logits.
 */
final class ArrayPool {
  private static final int SETS = 2;

  private final TreeMap<Integer, ArrayDeque<float[]>> kept = new TreeMap<>();
  private long lent;
  private long mostLent;
  private long held;

  /** An array of any content. */
  float[] take(int length) {
    lent += length;
    mostLent = Math.max(mostLent, lent);
    ArrayDeque<float[]> same = kept.get(length);
    if (same != null) {
      return remove(length, same);
    }
    trim(length);
    held += length;
    return new float[length];
  }

  /** Takes {@code array} back; nobody may use it any more. */
  void give(float[] array) {
    lent -= array.length;
    kept.computeIfAbsent(array.length, _ -> new ArrayDeque<>()).push(array);
  }

  /** Makes room for another {@code length} floats; the smallest arrays are the cheapest to lose. */
  private void trim(int length) {
    while (!kept.isEmpty() && held + length > SETS * mostLent) {
      Map.Entry<Integer, ArrayDeque<float[]>> smallest = kept.firstEntry();
      remove(smallest.getKey(), smallest.getValue());
      held -= smallest.getKey();
    }
  }

  private float[] remove(int length, ArrayDeque<float[]> same) {
    float[] array = same.pop();
    if (same.isEmpty()) {
      kept.remove(length);
    }
    return array;
  }

  /** Floats that are lent or kept. */
  long held() {
    return held;
  }
}
