package rankine.common;

/** A grid that cannot be run, or a run folder, a report or statistics that cannot be had. */
public final class RunException extends RankineException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public RunException(String message) {
    this(message, null);
  }

  /** The line to show, and what led to it. */
  public RunException(String message, Throwable cause) {
    super(message, cause);
  }
}
