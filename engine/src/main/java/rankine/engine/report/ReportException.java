package rankine.engine.report;

/** A report that cannot be written. The message is one line with the file and what is wrong. */
public final class ReportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show; control characters, which names of files may hold, become spaces. */
  public ReportException(String message) {
    super(message.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", " "));
  }

  /** As {@link #ReportException(String)}. */
  public ReportException(String message, Throwable cause) {
    super(message.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", " "), cause);
  }
}
