package rankine.cli.serve;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import rankine.common.RunException;

/**
 * The group of the threads of the JDK's HTTP server: one accepts connections and finds requests,
 * others close those that take too long. Without one of them the server answers nothing, or never
 * closes a connection, so that its death is reported. A thread belongs to the group of the thread
 * that creates it.
 */
final class HttpThreads extends ThreadGroup {
  private final Consumer<RunException> died;

  /** Made in advance: a thread dies when there is no memory. */
  private final RunException failure =
      new RunException(
          "requests: expected a heap that holds them (RANKINE_HEAP sets its limit), found that a"
              + " thread of the HTTP server ran out of memory or failed");

  /**
   * @param died receives the death of a thread, on that thread
   */
  HttpThreads(Consumer<RunException> died) {
    super("http");
    this.died = died;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable cause) {
    died.accept(failure);
  }

  /**
   * Creates a server whose threads are of this group, but for those of its executor.
   *
   * @throws IOException if the address cannot be used
   */
  HttpServer create(InetSocketAddress address, int backlog) throws IOException {
    FutureTask<HttpServer> task = new FutureTask<>(() -> HttpServer.create(address, backlog));
    run(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Runs a task on a thread of the group, and waits for it. */
  void run(Runnable task) {
    try {
      Thread thread = new Thread(this, task, "http-start");
      thread.start();
      thread.join();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static RunException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new RunException("serve: interrupted as it started", e);
  }
}
