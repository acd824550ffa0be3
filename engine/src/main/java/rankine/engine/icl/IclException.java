package rankine.engine.icl;

/**
 * A task file, a data set or a request that cannot be evaluated. The message is one line that names
 * the file, the key or row, what was expected and what was found.
 */
public final class IclException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IclException(String message) {
    super(oneLine(message));
  }

  public IclException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Data and other libraries' messages may hold line breaks and other control characters. */
  private static String oneLine(String message) {
    StringBuilder line = new StringBuilder(message.length());
    message
        .codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .forEach(line::appendCodePoint);
    return line.toString();
  }
}
