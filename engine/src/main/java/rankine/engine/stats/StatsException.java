package rankine.engine.stats;

/**
 * Figures that cannot be compared or summarised. The message is one line with what was expected and
 * what was found.
 */
public final class StatsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show; control characters, which names from data may hold, become spaces. */
  public StatsException(String message) {
    super(message.replaceAll("\\p{Cntrl}", " "));
  }
}
