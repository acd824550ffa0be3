package rankine.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads for loops whose iterations are independent. Iterations are handed out one
 * at a time, so which thread runs which is left open: results must not depend on it.
 */
final class Workers implements AutoCloseable {
  /** Iteration {@code index}, on worker {@code worker} of {@code [0, threads)}. */
  interface Body {
    void run(int worker, int index);
  }

  /** How long a thread without work looks for it before it sleeps: a few linear layers' time. */
  private static final long SPIN_NANOS = 50_000;

  private final Thread[] threads;

  /**
   * Which loop is under way, counted up (upper half), and its next index (lower half): in one
   * number, so that a thread that comes late takes nothing of the loop after its own. A new object
   * for each loop would do as well, but a token has hundreds of loops.
   */
  private final AtomicLong ticket = new AtomicLong();

  /** The loop under way: written before its ticket, and after the ticket of none. */
  private volatile Body body;

  private volatile int count;

  /** Who sleeps until the loop is done; null while nobody does. */
  private volatile Thread waiting;

  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;

  /** A team of {@code size} threads, the caller of {@link #run} among them. */
  Workers(int size) {
    threads = new Thread[size - 1];
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      threads[i] =
          Thread.ofPlatform()
              .name("rankine-worker-" + worker)
              .daemon()
              .unstarted(() -> serve(worker));
    }
    for (Thread thread : threads) {
      thread.start();
    }
  }

  int size() {
    return threads.length + 1;
  }

  /** Runs {@code body} for each index in [0, count) and waits for all. Not reentrant. */
  void run(int count, Body body) {
    if (count <= 1 || threads.length == 0) {
      for (int i = 0; i < count; i++) {
        body.run(0, i);
      }
      return;
    }
    // First a ticket of a loop of no indices: with the last loop's, a thread that comes late could
    // take an index that the last loop did not have, and this one has.
    int none = loop(ticket.get()) + 1;
    ticket.set((long) none << 32 | Integer.MAX_VALUE);
    this.body = body;
    this.count = count;
    done.set(0);
    failure.set(null);
    int loop = none + 1;
    ticket.set((long) loop << 32);
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    work(0, loop);
    await(count);
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /**
   * Waits until so many iterations are done. Whoever spins for long may be what keeps the other
   * from running: two threads that woke up on one processor stay there as long as neither sleeps.
   */
  private void await(int count) {
    long start = System.nanoTime();
    while (done.get() < count) {
      if (System.nanoTime() - start < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        waiting = Thread.currentThread();
        if (done.get() < count) {
          LockSupport.park(this);
        }
        waiting = null;
      }
    }
  }

  private static int loop(long ticket) {
    return (int) (ticket >>> 32);
  }

  /** Takes indices of loop {@code loop} until it has none left. */
  private void work(int worker, int loop) {
    while (true) {
      long taken = ticket.get();
      int index = (int) taken;
      // Read before the ticket is taken: it can be taken only if they are this loop's.
      Body task = body;
      int end = count;
      if (loop(taken) != loop || index >= end) {
        return;
      }
      if (ticket.compareAndSet(taken, taken + 1)) {
        try {
          if (failure.get() == null) {
            task.run(worker, index);
          }
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        }
        if (done.incrementAndGet() == end) {
          LockSupport.unpark(waiting); // nobody: nothing happens
        }
      }
    }
  }

  private void serve(int worker) {
    int last = 0;
    long idleSince = System.nanoTime();
    while (!closed) {
      int loop = loop(ticket.get());
      if (loop != last) {
        work(worker, loop);
        last = loop;
        idleSince = System.nanoTime();
      } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
        idleSince = System.nanoTime();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
