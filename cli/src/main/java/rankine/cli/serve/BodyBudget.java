package rankine.cli.serve;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the bodies that are in memory at a time. A byte of a body takes up to about 40 bytes of
 * heap until its text is tokenized, most of them in the merges of one long word. Thread-safe.
 *
 * <p>Small bodies have a budget of their own, so that they do not wait for a large one that arrives
 * slowly.
 */
final class BodyBudget {
  /** Most bytes of a body, however large the heap is. */
  static final int MAX_BODY = 16 << 20;

  /** Bytes of heap for each byte of large bodies. */
  private static final int HEAP_PER_BYTE = 64;

  private static final int SMALL_BODY = 64 << 10;

  private final int most;
  private final Semaphore large;
  private final Semaphore small;
  private final Duration wait;

  /** A share of the budget. */
  @FunctionalInterface
  interface BodyShare extends AutoCloseable {
    /** Gives the share back; once only. */
    @Override
    void close();
  }

  /**
   * @param heap limit, in bytes
   * @param wait how long a body may wait for others
   */
  BodyBudget(long heap, Duration wait) {
    long bytes = Math.clamp(heap / HEAP_PER_BYTE, SMALL_BODY, Integer.MAX_VALUE);
    this.most = (int) Math.min(MAX_BODY, bytes);
    this.large = new Semaphore((int) bytes, true);
    this.small = new Semaphore((int) Math.max(SMALL_BODY, bytes / 4), true);
    this.wait = wait;
  }

  /** Returns the most bytes of a body. */
  int most() {
    return most;
  }

  /**
   * Takes the share of a body before it is read.
   *
   * @param length in bytes, from 0 to {@link #most}
   * @throws ApiException if other bodies leave no room in time
   */
  BodyShare take(int length) {
    Semaphore budget = length <= SMALL_BODY ? small : large;
    try {
      if (!budget.tryAcquire(length, wait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw ApiException.tooManyBodies(length);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.closing();
    }
    return () -> budget.release(length);
  }
}
