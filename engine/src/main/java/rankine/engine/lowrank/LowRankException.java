package rankine.engine.lowrank;

/**
 * A matrix, rate or option that cannot be used. The message is one line: what it was, what was
 * expected, what was found.
 */
public final class LowRankException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public LowRankException(String message) {
    super(message);
  }
}
