package rankine.kernels.tornado;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which parts of an array are taken: first fit, neighbours that are free are one. Places and sizes
 * are elements; parts begin at multiples of an alignment. Not safe for use by several threads at
 * once.
 */
final class FreeList {
  private final int capacity;
  private final int alignment;
  private final TreeMap<Integer, Integer> free = new TreeMap<>();
  private final Map<Integer, Integer> taken = new HashMap<>();
  private long used;

  FreeList(int capacity, int alignment) {
    this.capacity = capacity;
    this.alignment = alignment;
    free.put(0, capacity);
  }

  /**
   * Where {@code size} elements begin that are the caller's from now on; -1 if there is no room.
   */
  int take(int size) {
    long rounded = Math.ceilDiv(Math.max(1L, size), alignment) * (long) alignment;
    int at = firstFit(rounded);
    if (at >= 0) {
      int rest = free.remove(at) - (int) rounded;
      if (rest > 0) {
        free.put(at + (int) rounded, rest);
      }
      taken.put(at, (int) rounded);
      used += rounded;
    }
    return at;
  }

  private int firstFit(long size) {
    for (Map.Entry<Integer, Integer> part : free.entrySet()) {
      if (part.getValue() >= size) {
        return part.getKey();
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
