package rankine.common;

/** A task file, a data set or a request that cannot be evaluated. */
public final class TaskException extends RankineException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public TaskException(String message) {
    this(message, null);
  }

  /** The line to show, and what led to it. */
  public TaskException(String message, Throwable cause) {
    super(message, cause);
  }
}
