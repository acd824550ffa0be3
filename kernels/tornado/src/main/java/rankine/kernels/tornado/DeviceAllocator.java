package rankine.kernels.tornado;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.Map;
import rankine.common.BackendException;

/**
 * Hands out parts of one resident array. Weights have no moment at which they are closed (a model
 * that is edited shares most of them), so their places come back when the collector finds them
 * gone, as with direct buffers; it is asked to look when there is no room.
 */
final class DeviceAllocator {
  private static final int TRIES = 20;
  private static final long WAIT_MILLIS = 50;

  private final String what;
  private final int elementBytes;
  private final FreeList space;
  private final ReferenceQueue<DeviceRange> gone = new ReferenceQueue<>();
  private final Map<Integer, Held> held = new HashMap<>();

  private static final class Held extends PhantomReference<DeviceRange> {
    private final int at;

    Held(DeviceRange place, ReferenceQueue<DeviceRange> queue) {
      super(place, queue);
      this.at = place.at();
    }
  }

  /**
   * Places of {@code space}.
   *
   * @param what for the message when there is no room
   */
  DeviceAllocator(String what, int elementBytes, FreeList space) {
    this.what = what;
    this.elementBytes = elementBytes;
    this.space = space;
  }

  /**
   * Room for {@code elements}, of any content.
   *
   * @throws BackendException if there is none
   */
  DeviceRange take(long elements) {
    if (elements <= space.capacity()) {
      for (int i = 0; i < TRIES; i++) {
        collect(i > 0);
        int at = space.take((int) elements);
        if (at >= 0) {
          DeviceRange place = new DeviceRange(at);
          held.put(at, new Held(place, gone));
          return place;
        }
      }
    }
    throw new BackendException(
        "device memory: %s: expected %d bytes free, found %d of %d; %s=SIZE gives more"
            .formatted(
                what,
                elements * elementBytes,
                (space.capacity() - space.used()) * elementBytes,
                (long) space.capacity() * elementBytes,
                MemoryOption.NAME));
  }

  /** Gives a place back at once. */
  void give(DeviceRange place) {
    Held reference = held.remove(place.at());
    if (reference == null) {
      throw new IllegalStateException(what + ": given back twice: " + place.at());
    }
    reference.clear();
    space.give(place.at());
  }

  /** Elements taken, after a look at what is gone. */
  long used() {
    collect(false);
    return space.used();
  }

  private void collect(boolean ask) {
    try {
      if (ask) {
        System.gc();
        release(gone.remove(WAIT_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Reference<? extends DeviceRange> r = gone.poll(); r != null; r = gone.poll()) {
      release(r);
    }
  }

  private void release(Reference<? extends DeviceRange> reference) {
    if (reference instanceof Held found && held.remove(found.at, found)) {
      space.give(found.at);
    }
  }
}
