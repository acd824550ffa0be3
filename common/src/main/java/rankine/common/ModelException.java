package rankine.common;

/** A model that cannot be built, or a request that it does not support. */
public final class ModelException extends RankineException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public ModelException(String message) {
    this(message, null);
  }

  /** The line to show, and what led to it. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
