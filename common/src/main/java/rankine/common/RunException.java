package rankine.common;

/** A sweep that cannot run, or a run folder, report or statistic that cannot be produced. */
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
