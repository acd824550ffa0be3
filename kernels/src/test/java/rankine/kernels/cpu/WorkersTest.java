package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Every index of every loop once, also where short loops follow each other at once. */
class WorkersTest {
  private static final int LOOPS = 100_000;
  private static final int MOST = 9;

  @Test
  void everyIndexOnce() {
    try (Workers workers = new Workers(3)) {
      for (int loop = 0; loop < LOOPS; loop++) {
        int count = 2 + loop % (MOST - 1);
        AtomicIntegerArray taken = new AtomicIntegerArray(MOST + 1);
        workers.run(count, (worker, index) -> taken.incrementAndGet(index));
        for (int index = 0; index < taken.length(); index++) {
          assertEquals(index < count ? 1 : 0, taken.get(index), "index " + index);
        }
      }
    }
  }
}
