package rankine.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed thread team for loops of independent iterations. Indices are handed out one at a time, so
 * which thread runs an iteration is undefined: results must not depend on it.
 */
final class Workers implements AutoCloseable {
  /** The loop body: iteration {@code index}, on worker {@code worker} of {@code [0, threads)}. */
  interface Body {
    void run(int worker, int index);
  }

  /** Time that an idle thread spins before it parks: about that of a few linear layers. */
  private static final long SPIN_NANOS = 50_000;

  private final Thread[] threads;

  /**
   * The number of the current loop (upper half) and its next index (lower half). They share one
   * number so that a late thread takes no index of a later loop. An object per loop would do as
   * well, but a token has hundreds of loops.
   */
  private final AtomicLong ticket = new AtomicLong();

  /** The current loop. Written before its ticket, and after the ticket of the empty loop. */
  private volatile Body body;

  private volatile int count;

  /** The thread parked until the loop is done, or null. */
  private volatile Thread waiting;

  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /**
   * The fault of a read from a mapped file that was shortened, or null. HotSpot throws the {@link
   * InternalError} some instructions after the read, so perhaps after the iteration has ended. The
   * memory does not come back: once set, every loop fails.
   */
  private final AtomicReference<InternalError> fault = new AtomicReference<>();

  private volatile boolean closed;

  /** Starts a team of {@code size} threads, which includes the caller of {@link #run}. */
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

  /** Runs {@code body} for each index in [0, count) and waits for all of them. Not reentrant. */
  void run(int count, Body body) {
    checkFault();
    if (count <= 1 || threads.length == 0) {
      for (int i = 0; i < count; i++) {
        body.run(0, i);
      }
      return;
    }
    // The ticket of an empty loop comes first: with that of the last loop, a late thread could take
    // an index that this loop has and the last one had not.
    int empty = loop(ticket.get()) + 1;
    ticket.set((long) empty << 32 | Integer.MAX_VALUE);
    this.body = body;
    this.count = count;
    done.set(0);
    failure.set(null);
    int loop = empty + 1;
    ticket.set((long) loop << 32);
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    try {
      work(0, loop);
    } catch (InternalError e) {
      fault.compareAndSet(null, e); // others still run the loop
    }
    await(count);
    checkFault();
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void checkFault() {
    InternalError found = fault.get();
    if (found != null) {
      throw found;
    }
  }

  /**
   * Waits until {@code count} iterations are done: spins, then parks. A thread that spins for long
   * may keep the other from running, because two threads that woke up on one processor stay there
   * while neither sleeps.
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

  /** Takes and runs indices of loop {@code loop} until none is left. */
  private void work(int worker, int loop) {
    while (true) {
      long taken = ticket.get();
      int index = (int) taken;
      // Read before the ticket is taken: taking it succeeds only if both belong to this loop.
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
          LockSupport.unpark(waiting); // does nothing for null
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
        try {
          work(worker, loop);
          last = loop;
        } catch (InternalError e) {
          fault.compareAndSet(null, e); // this thread goes on: the loop may have indices left
        }
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
