package rankine.cli;

/** A usage error that picocli's rules do not detect: options that exclude or require others. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its one-line message. */
  UsageException(String message) {
    super(message);
  }
}
