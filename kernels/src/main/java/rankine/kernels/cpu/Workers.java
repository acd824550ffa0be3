package rankine.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
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

  /** A loop under way. */
  private static final class Loop {
    final Body body;
    final int count;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    final AtomicReference<Throwable> failure = new AtomicReference<>();

    Loop(Body body, int count) {
      this.body = body;
      this.count = count;
    }

    void work(int worker) {
      int index;
      while ((index = next.getAndIncrement()) < count) {
        try {
          if (failure.get() == null) {
            body.run(worker, index);
          }
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        }
        done.incrementAndGet();
      }
    }
  }

  /** How long an idle worker looks for work before it sleeps: a few linear layers' time. */
  private static final long SPIN_NANOS = 50_000;

  private final Thread[] threads;
  private volatile Loop current;
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
    Loop loop = new Loop(body, count);
    current = loop;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    loop.work(0);
    while (loop.done.get() < count) {
      Thread.onSpinWait();
    }
    current = null;
    switch (loop.failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void serve(int worker) {
    Loop last = null;
    long idleSince = System.nanoTime();
    while (!closed) {
      Loop loop = current;
      if (loop != null && loop != last) {
        loop.work(worker);
        last = loop;
        idleSince = System.nanoTime();
      } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        last = null;
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
