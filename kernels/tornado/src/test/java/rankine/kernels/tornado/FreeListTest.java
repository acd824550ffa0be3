package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rankine.common.BackendException;

class FreeListTest {
  private record Taken(int at, int size) {}

  /** Thousands of random requests: no two parts overlap, and all comes back in one piece. */
  @Test
  void partsNeverOverlapAndAllComesBack() {
    Random random = new Random(1);
    int capacity = 1 << 14;
    FreeList space = new FreeList(capacity, 16);
    BitSet used = new BitSet(capacity);
    List<Taken> taken = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      if (taken.isEmpty() || random.nextInt(5) > 1) {
        int size = 1 + random.nextInt(600);
        int at = space.take(size);
        if (at >= 0) {
          assertEquals(-1, firstUsed(used, at, size));
          used.set(at, at + size);
          taken.add(new Taken(at, size));
          continue;
        }
      }
      if (!taken.isEmpty()) {
        Taken one = taken.remove(random.nextInt(taken.size()));
        used.clear(one.at, one.at + one.size);
        space.give(one.at);
      }
    }
    assertFalse(taken.isEmpty());
    taken.forEach(t -> space.give(t.at));
    assertEquals(0, space.used());
    assertEquals(0, space.take(capacity));
  }

  private static int firstUsed(BitSet used, int at, int size) {
    int next = used.nextSetBit(at);
    return next >= 0 && next < at + size ? next : -1;
  }

  @Test
  void whatIsNotTakenCannotBeGiven() {
    FreeList space = new FreeList(64, 16);
    int at = space.take(10);
    space.give(at);
    assertThrows(IllegalStateException.class, () -> space.give(at));
  }

  /** A place that nobody holds is found when there is no other. */
  @Test
  void placesComeBackWhenNobodyHoldsThem() {
    FreeList space = new FreeList(1 << 10, 16);
    DeviceAllocator places = new DeviceAllocator("test", 4, space);
    for (int i = 0; i < 10; i++) {
      places.take(600); // two of them do not fit
    }
    assertTrue(space.used() <= 1 << 10);
    DeviceRange held = places.take(16);
    BackendException full = assertThrows(BackendException.class, () -> places.take(1 << 10));
    assertTrue(full.getMessage().contains("RANKINE_DEVICE_MEMORY"), full.getMessage());
    places.give(held);
    assertThrows(IllegalStateException.class, () -> places.give(held));
  }
}
