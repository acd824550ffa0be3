package rankine.cli;

/** Options that do not go together: an error of usage that picocli's own rules do not see. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  UsageException(String message) {
    super(message);
  }
}
