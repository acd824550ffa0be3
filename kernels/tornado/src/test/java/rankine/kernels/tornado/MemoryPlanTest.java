package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rankine.common.BackendException;

/** Sizes of the resident arrays for models and devices that are not at hand. */
class MemoryPlanTest {
  private static final WeightBytes NONE = new WeightBytes(0, 0);
  private static final long GB = 1_000_000_000;

  /** Elements of each weight of GPT-J-6B: 6.05 · 10⁹ in all. */
  private static List<Long> gptJ() {
    List<Long> weights = new ArrayList<>(List.of(50400L * 4096, 50400L * 4096));
    for (int layer = 0; layer < 28; layer++) {
      weights.addAll(Collections.nCopies(4, 4096L * 4096));
      weights.addAll(Collections.nCopies(2, 4096L * 16384));
    }
    return weights;
  }

  /** Elements of each weight of LLaMA-13B: 13.0 · 10⁹ in all. */
  private static List<Long> llama13B() {
    List<Long> weights = new ArrayList<>(List.of(32000L * 5120, 32000L * 5120));
    for (int layer = 0; layer < 40; layer++) {
      weights.addAll(Collections.nCopies(4, 5120L * 5120));
      weights.addAll(Collections.nCopies(3, 5120L * 13824));
    }
    return weights;
  }

  private static WeightBytes bytes(List<Long> weights, int size) {
    return new WeightBytes(
        size * weights.stream().mapToLong(w -> w).sum(),
        size * weights.stream().mapToLong(w -> w).max().orElse(0));
  }

  @Test
  void gptJOnA24GbDevice() {
    MemoryPlan plan = new MemoryPlan("card", (long) (0.8 * 24 * GB), 6 * GB, true);
    DeviceMemory.ArraySizes sizes = plan.sizes(bytes(gptJ(), 2), NONE);
    assertEquals(3, sizes.halves().size(), "12.1 GB, and a quarter for edits");
    assertFits(plan, sizes, gptJ());
    assertEquals(1, sizes.floats().size());
    assertTrue(4L * sizes.floats().getFirst() > 4 * GB, "keys, values and activations");
  }

  @Test
  void llama13BOnAn80GbDevice() {
    MemoryPlan plan = new MemoryPlan("card", (long) (0.8 * 80 * GB), 20 * GB, true);
    DeviceMemory.ArraySizes sizes = plan.sizes(bytes(llama13B(), 2), NONE);
    assertEquals(2, sizes.halves().size(), "26 GB; an array has at most 2³¹ words");
    assertFits(plan, sizes, llama13B());
    // 4096 positions of 40 layers, keys and values.
    assertTrue(4L * sizes.floats().getFirst() > 4096L * 40 * 2 * 5120 * 4);
  }

  /** F32 weights are in several arrays too. */
  @Test
  void float32Weights() {
    MemoryPlan plan = new MemoryPlan("card", (long) (0.8 * 80 * GB), 20 * GB, true);
    DeviceMemory.ArraySizes sizes = plan.sizes(NONE, bytes(gptJ(), 4));
    assertEquals(4, sizes.floats().size());
    DeviceAllocator allocator = allocator(sizes.floats(), 1, 16, true);
    gptJ().forEach(allocator::allocate);
  }

  /** What a card without the limit of a quarter gets: one array of each type. */
  @Test
  void oneArrayWhereItSuffices() {
    MemoryPlan plan = new MemoryPlan("card", 8 * GB, 8 * GB, false);
    DeviceMemory.ArraySizes sizes =
        plan.sizes(new WeightBytes(2 * GB, GB / 10), new WeightBytes(GB, GB / 10));
    assertEquals(1, sizes.halves().size());
    assertEquals(1, sizes.floats().size());
    assertEquals(0, sizes.doubles());
  }

  @Test
  void whatDoesNotFitIsRefusedInOneLine() {
    MemoryPlan small = new MemoryPlan("card", 12 * GB, 3 * GB, true);
    assertEquals(
        "device memory: expected at most 11999995904 bytes of 16-bit weights (4 of the largest"
            + " arrays on card), found 12100042752",
        refused(small, bytes(gptJ(), 2)));
    MemoryPlan tight = new MemoryPlan("card", 12 * GB, 6 * GB, true);
    assertTrue(
        refused(tight, bytes(gptJ(), 2))
            .matches(
                "device memory: expected \\d{11} bytes for the model, found 12000000000 on card;"
                    + " RANKINE_DEVICE_MEMORY=SIZE gives more"));
    assertEquals(
        "device memory: expected 16-bit weights of at most 399998976 bytes, the largest array on"
            + " card, found one of 412876800",
        refused(new MemoryPlan("card", 16 * GB, 400_000_000, true), bytes(gptJ(), 2)));
  }

  private static String refused(MemoryPlan plan, WeightBytes halves) {
    return assertThrows(BackendException.class, () -> plan.sizes(halves, NONE)).getMessage();
  }

  /** Arrays within the limits, which the weights fit in whatever order they come. */
  private static void assertFits(
      MemoryPlan plan, DeviceMemory.ArraySizes sizes, List<Long> weights) {
    long total = 4L * sizes.tables() + 8L * sizes.doubles();
    for (int words : sizes.halves()) {
      assertTrue(8L * words <= plan.largestArray());
      total += 8L * words;
    }
    for (int floats : sizes.floats()) {
      assertTrue(4L * floats <= plan.largestArray());
      total += 4L * floats;
    }
    assertTrue(total <= plan.memory());
    List<Long> order = new ArrayList<>(weights);
    for (int i = 0; i < 6; i++) {
      switch (i) {
        case 0 -> {}
        case 1 -> order.sort(Comparator.naturalOrder());
        case 2 -> order.sort(Comparator.reverseOrder());
        default -> Collections.shuffle(order, new Random(i));
      }
      DeviceAllocator allocator = allocator(sizes.halves(), DeviceMemory.WORDS, 1, false);
      order.forEach(w -> allocator.allocate(w / WeightLoads.UNIT));
      assertEquals(weights.stream().mapToLong(w -> w / WeightLoads.UNIT).sum(), allocator.used());
    }
  }

  private static DeviceAllocator allocator(
      List<Integer> sizes, int unit, int alignment, boolean firstLast) {
    return new DeviceAllocator(
        "test", 1, sizes.stream().map(n -> new FreeList(n / unit, alignment)).toList(), firstLast);
  }
}
