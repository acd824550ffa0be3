package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Runs every index of every loop exactly once, in short loops and with a slow worker. */
class WorkersTest {
  private static final int LOOPS = 100_000;
  private static final int MAX_COUNT = 9;

  @Test
  void everyIndexOnce() {
    try (Workers workers = new Workers(3)) {
      for (int loop = 0; loop < LOOPS; loop++) {
        int count = 2 + loop % (MAX_COUNT - 1);
        AtomicIntegerArray taken = new AtomicIntegerArray(MAX_COUNT + 1);
        workers.run(count, (worker, index) -> taken.incrementAndGet(index));
        for (int index = 0; index < taken.length(); index++) {
          assertEquals(index < count ? 1 : 0, taken.get(index), "index " + index);
        }
      }
    }
  }

  /** Polls for a parked caller before the test fails: some seconds. */
  private static final long POLLS = 1L << 27;

  /** The caller finishes first and parks; the other iteration ends only after that. */
  @Test
  void callerParksUntilALateWorkerIsDone() {
    try (Workers workers = new Workers(2)) {
      for (int loop = 0; loop < 100; loop++) {
        Thread caller = Thread.currentThread();
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        AtomicBoolean parked = new AtomicBoolean();
        workers.run(
            2,
            (worker, index) -> {
              begun.incrementAndGet();
              while (begun.get() < 2) {
                Thread.onSpinWait();
              }
              for (long i = 0; worker != 0 && i < POLLS && !parked.get(); i++) {
                parked.set(caller.getState() == Thread.State.WAITING);
              }
              ended.incrementAndGet();
            });
        assertEquals(2, ended.get());
        assertTrue(parked.get(), "the caller never parked");
      }
    }
  }
}
