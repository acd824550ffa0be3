package rankine.kernels;

/**
 * A backend is unavailable or fails. The message is one line and names what is missing or wrong.
 */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with its one-line message. */
  public BackendException(String message) {
    super(message);
  }
}
