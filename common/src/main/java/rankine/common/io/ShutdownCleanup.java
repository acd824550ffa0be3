package rankine.common.io;

/**
 * Work that must be undone if a signal ends the process first, such as a temporary file. {@link
 * #close} cancels it.
 */
public final class ShutdownCleanup implements AutoCloseable {
  private final Thread hook;

  private ShutdownCleanup(Thread hook) {
    this.hook = hook;
  }

  /**
   * Runs {@code undo} when the process is told to end.
   *
   * @param undo may run while other threads still work
   * @throws IllegalStateException if the process is ending already
   */
  public static ShutdownCleanup of(Runnable undo) {
    ShutdownCleanup cleanup = new ShutdownCleanup(new Thread(undo));
    Runtime.getRuntime().addShutdownHook(cleanup.hook);
    return cleanup;
  }

  /** Returns whether the process is ending: a signal has arrived, or the command has ended. */
  public static boolean isUnderWay() {
    return !remove(new Thread(() -> {}));
  }

  /** Cancels the work, which may run already if the process is ending. */
  @Override
  public void close() {
    remove(hook);
  }

  /** Returns false if the process is ending. */
  private static boolean remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
