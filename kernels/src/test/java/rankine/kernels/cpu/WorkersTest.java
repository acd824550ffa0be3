package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/**
 * Every index of every loop once, whether the loops are short or one thread keeps the rest waiting.
 */
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

  /** Looks for a sleeping caller, after which there is none: some seconds' worth. */
  private static final long LOOKS = 1L << 27;

  /** Who is done first sleeps until the other is: the other does not end before it sleeps. */
  @Test
  void awaitsALateWorkerAsleep() {
    try (Workers workers = new Workers(2)) {
      for (int loop = 0; loop < 100; loop++) {
        Thread caller = Thread.currentThread();
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        AtomicBoolean asleep = new AtomicBoolean();
        workers.run(
            2,
            (worker, index) -> {
              begun.incrementAndGet();
              while (begun.get() < 2) {
                Thread.onSpinWait();
              }
              for (long i = 0; worker != 0 && i < LOOKS && !asleep.get(); i++) {
                asleep.set(caller.getState() == Thread.State.WAITING);
              }
              ended.incrementAndGet();
            });
        assertEquals(2, ended.get());
        assertTrue(asleep.get(), "the caller never slept");
      }
    }
  }
}
