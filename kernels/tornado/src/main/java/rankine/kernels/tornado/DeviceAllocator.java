package rankine.kernels.tornado;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import rankine.common.BackendException;

/**
 * Allocates ranges of the resident arrays of one element type; none straddles two arrays. Weights
 * are never closed explicitly (an edited model shares most of them), so a range is freed when the
 * garbage collector finds it unreachable, as with direct buffers; when the arrays are full, the
 * allocator requests a collection.
 */
final class DeviceAllocator {
  private static final int TRIES = 20;
  private static final long WAIT_MILLIS = 50;

  private final String arrayName;
  private final int elementBytes;
  private final List<FreeList> spaces;
  private final boolean firstLast;
  private final ReferenceQueue<DeviceRange> unreachable = new ReferenceQueue<>();
  private final Map<Place, RangeReference> live = new HashMap<>();

  /** Where a range begins. */
  private record Place(int array, int offset) {
    static Place of(DeviceRange range) {
      return new Place(range.array(), range.offset());
    }
  }

  private static final class RangeReference extends PhantomReference<DeviceRange> {
    private final Place place;

    RangeReference(DeviceRange range, ReferenceQueue<DeviceRange> queue) {
      super(range, queue);
      this.place = Place.of(range);
    }
  }

  /**
   * Allocates from {@code spaces}.
   *
   * @param arrayName names the arrays in the message when they are full
   * @param spaces the free list of each array
   * @param firstLast whether the first array, which must hold more than weights, is chosen last
   */
  DeviceAllocator(String arrayName, int elementBytes, List<FreeList> spaces, boolean firstLast) {
    this.arrayName = arrayName;
    this.elementBytes = elementBytes;
    this.spaces = spaces;
    this.firstLast = firstLast;
  }

  /**
   * Allocates {@code elements} of any array, the least full first, with undefined content.
   *
   * @throws BackendException if no free range is large enough
   */
  DeviceRange allocate(long elements) {
    return allocate(elements, spaces.size());
  }

  /**
   * Allocates {@code elements} of the first array, with undefined content.
   *
   * @throws BackendException if no free range is large enough
   */
  DeviceRange allocateFirst(long elements) {
    return allocate(elements, 1);
  }

  private DeviceRange allocate(long elements, int arrays) {
    boolean possible = spaces.stream().limit(arrays).anyMatch(s -> elements <= s.capacity());
    for (int i = 0; possible && i < TRIES; i++) {
      collect(i > 0);
      for (int array : order(arrays)) {
        FreeList space = spaces.get(array);
        int at = elements <= space.capacity() ? space.allocate((int) elements) : -1;
        if (at >= 0) {
          DeviceRange range = new DeviceRange(array, at);
          live.put(Place.of(range), new RangeReference(range, unreachable));
          return range;
        }
      }
    }
    long capacity = spaces.stream().limit(arrays).mapToLong(FreeList::capacity).sum();
    long used = spaces.stream().limit(arrays).mapToLong(FreeList::used).sum();
    throw new BackendException(
        "device memory: %s: expected %d bytes in one array, found %d of %d free in %d; %s=SIZE gives more"
            .formatted(
                arrayName,
                elements * elementBytes,
                (capacity - used) * elementBytes,
                capacity * elementBytes,
                arrays,
                MemoryOption.NAME));
  }

  private List<Integer> order(int arrays) {
    return IntStream.range(0, arrays)
        .boxed()
        .sorted(
            Comparator.comparing((Integer array) -> firstLast && array == 0)
                .thenComparing(array -> spaces.get(array).fill()))
        .toList();
  }

  /** Frees a range at once. */
  void free(DeviceRange range) {
    RangeReference reference = live.remove(Place.of(range));
    if (reference == null) {
      throw new IllegalStateException(arrayName + ": freed twice: " + range.offset());
    }
    reference.clear();
    spaces.get(range.array()).free(range.offset());
  }

  /** Frees unreachable ranges, then returns the number of allocated elements. */
  long used() {
    collect(false);
    return spaces.stream().mapToLong(FreeList::used).sum();
  }

  private void collect(boolean gc) {
    try {
      if (gc) {
        System.gc();
        release(unreachable.remove(WAIT_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Reference<? extends DeviceRange> r = unreachable.poll();
        r != null;
        r = unreachable.poll()) {
      release(r);
    }
  }

  private void release(Reference<? extends DeviceRange> reference) {
    if (reference instanceof RangeReference found && live.remove(found.place, found)) {
      spaces.get(found.place.array).free(found.place.offset);
    }
  }
}
