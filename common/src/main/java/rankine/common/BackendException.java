package rankine.common;

/** An unavailable or failed backend. The message says what is missing or failed. */
public final class BackendException extends RankineException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public BackendException(String message) {
    this(message, null);
  }

  /** The line to show, and what led to it. */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
