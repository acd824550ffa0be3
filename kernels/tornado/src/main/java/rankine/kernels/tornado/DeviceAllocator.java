package rankine.kernels.tornado;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.Map;
import rankine.common.BackendException;

/**
 * Allocates ranges of one resident array. Weights are never closed explicitly (an edited model
 * shares most of them), so a range is freed when the garbage collector finds it unreachable, as
 * with direct buffers; when the array is full, the allocator requests a collection.
 */
final class DeviceAllocator {
  private static final int TRIES = 20;
  private static final long WAIT_MILLIS = 50;

  private final String arrayName;
  private final int elementBytes;
  private final FreeList space;
  private final ReferenceQueue<DeviceRange> unreachable = new ReferenceQueue<>();
  private final Map<Integer, RangeReference> live = new HashMap<>();

  private static final class RangeReference extends PhantomReference<DeviceRange> {
    private final int at;

    RangeReference(DeviceRange range, ReferenceQueue<DeviceRange> queue) {
      super(range, queue);
      this.at = range.offset();
    }
  }

  /**
   * Allocates from {@code space}.
   *
   * @param arrayName names the array in the message when it is full
   */
  DeviceAllocator(String arrayName, int elementBytes, FreeList space) {
    this.arrayName = arrayName;
    this.elementBytes = elementBytes;
    this.space = space;
  }

  /**
   * Allocates {@code elements} with undefined content.
   *
   * @throws BackendException if no free range is large enough
   */
  DeviceRange allocate(long elements) {
    if (elements <= space.capacity()) {
      for (int i = 0; i < TRIES; i++) {
        collect(i > 0);
        int at = space.allocate((int) elements);
        if (at >= 0) {
          DeviceRange range = new DeviceRange(at);
          live.put(at, new RangeReference(range, unreachable));
          return range;
        }
      }
    }
    throw new BackendException(
        "device memory: %s: expected %d bytes free, found %d of %d; %s=SIZE gives more"
            .formatted(
                arrayName,
                elements * elementBytes,
                (space.capacity() - space.used()) * elementBytes,
                (long) space.capacity() * elementBytes,
                MemoryOption.NAME));
  }

  /** Frees a range at once. */
  void free(DeviceRange range) {
    RangeReference reference = live.remove(range.offset());
    if (reference == null) {
      throw new IllegalStateException(arrayName + ": freed twice: " + range.offset());
    }
    reference.clear();
    space.free(range.offset());
  }

  /** Frees unreachable ranges, then returns the number of allocated elements. */
  long used() {
    collect(false);
    return space.used();
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
    if (reference instanceof RangeReference found && live.remove(found.at, found)) {
      space.free(found.at);
    }
  }
}
