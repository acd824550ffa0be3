package rankine.engine;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}; a chat template may know others
 * @param content its text
 */
public record Turn(String role, String content) {
  /** Returns what the model is told before the conversation; some templates refuse it. */
  public static Turn system(String content) {
    return new Turn("system", content);
  }

  /** Returns a turn of the user. */
  public static Turn user(String content) {
    return new Turn("user", content);
  }

  /** Returns an earlier answer of the model. */
  public static Turn assistant(String content) {
    return new Turn("assistant", content);
  }
}
