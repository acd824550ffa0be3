package rankine.common;

/** A backend that cannot be had: the message says what is missing. */
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
