package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
  private record Allocation(int at, int size) {}

  /** 5000 random requests: blocks never overlap, and freeing all leaves one block. */
  @Test
  void blocksNeverOverlapAndMergeWhenFreed() {
    Random random = new Random(1);
    int capacity = 1 << 14;
    FreeList space = new FreeList(capacity, 16);
    BitSet used = new BitSet(capacity);
    List<Allocation> allocations = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      if (allocations.isEmpty() || random.nextInt(5) > 1) {
        int size = 1 + random.nextInt(600);
        int at = space.allocate(size);
        if (at >= 0) {
          assertEquals(-1, firstUsed(used, at, size));
          used.set(at, at + size);
          allocations.add(new Allocation(at, size));
          continue;
        }
      }
      if (!allocations.isEmpty()) {
        Allocation one = allocations.remove(random.nextInt(allocations.size()));
        used.clear(one.at, one.at + one.size);
        space.free(one.at);
      }
    }
    assertFalse(allocations.isEmpty());
    allocations.forEach(t -> space.free(t.at));
    assertEquals(0, space.used());
    assertEquals(0, space.allocate(capacity));
  }

  private static int firstUsed(BitSet used, int at, int size) {
    int next = used.nextSetBit(at);
    return next >= 0 && next < at + size ? next : -1;
  }

  @Test
  void aBlockCannotBeFreedTwice() {
    FreeList space = new FreeList(64, 16);
    int at = space.allocate(10);
    space.free(at);
    assertThrows(IllegalStateException.class, () -> space.free(at));
  }

  /** A full array frees its unreachable ranges. */
  @Test
  void unreachableRangesAreFreed() {
    FreeList space = new FreeList(1 << 10, 16);
    DeviceAllocator allocator = new DeviceAllocator("test", 4, List.of(space), false);
    for (int i = 0; i < 10; i++) {
      allocator.allocate(600); // two of them do not fit
    }
    assertTrue(space.used() <= 1 << 10);
    DeviceRange held = allocator.allocate(16);
    BackendException full = assertThrows(BackendException.class, () -> allocator.allocate(1 << 10));
    assertTrue(full.getMessage().contains("RANKINE_DEVICE_MEMORY"), full.getMessage());
    allocator.free(held);
    assertThrows(IllegalStateException.class, () -> allocator.free(held));
  }

  /** No range straddles two arrays, and the first is kept for what only it can hold. */
  @Test
  void rangesOfSeveralArrays() {
    List<FreeList> spaces =
        List.of(new FreeList(100, 1), new FreeList(100, 1), new FreeList(80, 1));
    DeviceAllocator allocator = new DeviceAllocator("test", 4, spaces, true);
    int[] arrays = new int[4];
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < arrays.length; i++) {
      ranges.add(allocator.allocate(60));
      arrays[i] = ranges.getLast().array();
      if (i == 2) {
        ranges.add(allocator.allocateFirst(30));
        assertThrows(BackendException.class, () -> allocator.allocateFirst(30));
        allocator.free(ranges.removeFirst());
      }
    }
    assertArrayEquals(new int[] {1, 2, 0, 1}, arrays);
    assertEquals(60 + 60 + 30 + 60, allocator.used());
    BackendException full = assertThrows(BackendException.class, () -> allocator.allocate(41));
    assertTrue(full.getMessage().contains("164 bytes in one array, found 280 of 1120 free in 3"));
    ranges.forEach(allocator::free);
    assertEquals(0, allocator.used());
  }
}
