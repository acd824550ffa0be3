package rankine.engine.replay;

/**
 * Memory budget in bytes for the activations that all replays of a process keep. Activations beyond
 * it are stored in mapped files. Not thread-safe.
 */
public final class ActivationBudget {
  private long left;

  /**
   * @param bytes at least 0
   */
  public ActivationBudget(long bytes) {
    this.left = bytes;
  }

  /** Reserves {@code bytes} if the budget allows; returns whether it did. */
  boolean reserve(long bytes) {
    if (!allows(bytes)) {
      return false;
    }
    left -= bytes;
    return true;
  }

  /** Returns whether {@link #reserve} would reserve {@code bytes}. */
  boolean allows(long bytes) {
    return bytes <= left;
  }

  void release(long bytes) {
    left += bytes;
  }
}
