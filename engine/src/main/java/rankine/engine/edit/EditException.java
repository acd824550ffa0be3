package rankine.engine.edit;

/** An edit that cannot be read or applied. The message is one line. */
public final class EditException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public EditException(String message) {
    super(message);
  }
}
