package rankine.common;

/**
 * What Rankine cannot do as asked, in one line for people: the file, the key where there is one,
 * what was expected and what was found. Every other exception is a defect of Rankine.
 */
public abstract sealed class RankineException extends RuntimeException
    permits BackendException,
        CheckpointException,
        EditException,
        ModelException,
        RunException,
        TaskException,
        TokenizerException {
  private static final long serialVersionUID = 1L;

  /**
   * The line to show; control characters and line separators, which foreign text may hold, become
   * spaces.
   *
   * @param cause null if there is none
   */
  RankineException(String message, Throwable cause) {
    super(message.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", " "), cause);
  }
}
