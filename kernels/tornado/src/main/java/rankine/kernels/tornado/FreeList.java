package rankine.kernels.tornado;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A first-fit allocator of ranges of an array; adjacent free blocks are merged. Offsets and sizes
 * are counted in elements; blocks begin at multiples of an alignment. Not thread-safe.
 */
final class FreeList {
  private final int capacity;
  private final int alignment;
  private final TreeMap<Integer, Integer> freeBlocks = new TreeMap<>();
  private final Map<Integer, Integer> allocated = new HashMap<>();
  private long used;

  FreeList(int capacity, int alignment) {
    this.capacity = capacity;
    this.alignment = alignment;
    freeBlocks.put(0, capacity);
  }

  /**
   * Allocates {@code size} elements and returns their offset; -1 if no free block is large enough.
   */
  int allocate(int size) {
    long rounded = Math.ceilDiv(Math.max(1L, size), alignment) * (long) alignment;
    int at = firstFit(rounded);
    if (at >= 0) {
      int rest = freeBlocks.remove(at) - (int) rounded;
      if (rest > 0) {
        freeBlocks.put(at + (int) rounded, rest);
      }
      allocated.put(at, (int) rounded);
      used += rounded;
    }
    return at;
  }

  private int firstFit(long size) {
    for (Map.Entry<Integer, Integer> block : freeBlocks.entrySet()) {
      if (block.getValue() >= size) {
        return block.getKey();
      }
    }
    return -1;
  }

  /** Frees the block that {@link #allocate} returned. */
  void free(int at) {
    Integer size = allocated.remove(at);
    if (size == null) {
      throw new IllegalStateException("device memory: nothing allocated at offset " + at);
    }
    used -= size;
    int from = at;
    int length = size;
    Map.Entry<Integer, Integer> below = freeBlocks.lowerEntry(at);
    if (below != null && below.getKey() + below.getValue() == at) {
      from = below.getKey();
      length += below.getValue();
    }
    Integer above = freeBlocks.remove(at + size);
    if (above != null) {
      length += above;
    }
    freeBlocks.put(from, length);
  }

  /** The number of allocated elements, rounded up to the alignment. */
  long used() {
    return used;
  }

  /** The allocated part of the array. */
  double fill() {
    return used / (double) capacity;
  }

  /** The number of elements of the array. */
  int capacity() {
    return capacity;
  }
}
