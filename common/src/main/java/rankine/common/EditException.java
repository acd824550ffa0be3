package rankine.common;

/** An edit, a pruning rate, a method or a matrix that cannot be used. */
public final class EditException extends RankineException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public EditException(String message) {
    this(message, null);
  }

  /** The line to show, and what led to it. */
  public EditException(String message, Throwable cause) {
    super(message, cause);
  }
}
