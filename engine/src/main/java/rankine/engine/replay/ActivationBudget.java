package rankine.engine.replay;

/**
 * How much memory the activations of all replays of a process may take together; what is more lies
 * in mapped files. Not for use by several threads at once.
 */
public final class ActivationBudget {
  private long left;

  /**
   * @param bytes at least 0
   */
  public ActivationBudget(long bytes) {
    this.left = bytes;
  }

  /** Whether so many bytes are to be had; if so they are taken. */
  boolean take(long bytes) {
    if (!holds(bytes)) {
      return false;
    }
    left -= bytes;
    return true;
  }

  /** Whether so many bytes would be to be had. */
  boolean holds(long bytes) {
    return bytes <= left;
  }

  void give(long bytes) {
    left += bytes;
  }
}
