package rankine.kernels.tornado;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which parts of an array are taken: first fit, neighbours that are free are one. Places and sizes
 * are elements; every part begins at a multiple of {@value #ALIGNMENT}. Not safe for use by several
 * threads at once.
 */
final class Space {
  private static final int ALIGNMENT = 16;

  private final int capacity;
  private final TreeMap<Integer, Integer> free = new TreeMap<>();
  private final Map<Integer, Integer> taken = new HashMap<>();
  private long used;

  Space(int capacity) {
    this.capacity = capacity;
    free.put(0, capacity);
  }

  /**
   * Where {@code size} elements begin that are the caller's from now on; -1 if there is no room.
   */
  int take(int size) {
    long rounded = Math.ceilDiv(Math.max(1L, size), ALIGNMENT) * (long) ALIGNMENT;
    for (Map.Entry<Integer, Integer> part : free.entrySet()) {
      if (part.getValue() >= rounded) {
        int at = part.getKey();
        int rest = part.getValue() - (int) rounded;
        free.remove(at);
        if (rest > 0) {
          free.put(at + (int) rounded, rest);
        }
        taken.put(at, (int) rounded);
        used += rounded;
        return at;
      }
    }
    return -1;
  }

  /** Gives back what {@link #take} gave. */
  void give(int at) {
    Integer size = taken.remove(at);
    if (size == null) {
      throw new IllegalStateException("device memory: nothing taken at " + at);
    }
    used -= size;
    int from = at;
    int length = size;
    Map.Entry<Integer, Integer> below = free.lowerEntry(at);
    if (below != null && below.getKey() + below.getValue() == at) {
      from = below.getKey();
      length += below.getValue();
    }
    Integer above = free.remove(at + size);
    if (above != null) {
      length += above;
    }
    free.put(from, length);
  }

  /** Elements taken. */
  long used() {
    return used;
  }

  /** Elements in all. */
  int capacity() {
    return capacity;
  }
}
