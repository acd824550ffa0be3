package rankine.engine.sweep;

/**
 * A grid that cannot be run, or a run folder that cannot be read or written. The message is one
 * line: the file, the line and key where there are any, what was expected and what was found.
 */
public final class SweepException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show; control characters, which foreign text may hold, become spaces. */
  public SweepException(String message) {
    super(oneLine(message));
  }

  /** As {@link #SweepException(String)}. */
  public SweepException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  private static String oneLine(String message) {
    return message.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", " ");
  }
}
