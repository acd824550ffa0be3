package rankine.common;

import rankine.common.io.Shown;

/**
 * A request that Rankine cannot fulfil, with a one-line message for users: the file, the key if
 * any, the expected and the found. Every other exception is a bug in Rankine.
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
   * Creates an exception; control characters and line separators in the message become spaces,
   * marks that reorder text are escaped, and a very long message is shortened.
   *
   * @param cause null if none
   */
  RankineException(String message, Throwable cause) {
    super(Shown.line(message), cause);
  }
}
