package rankine.kernels;

/** A backend that cannot be had. The message is one line and says what is missing. */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public BackendException(String message) {
    super(message);
  }
}
