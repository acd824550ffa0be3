package rankine.common;

import rankine.common.io.Shown;

/** A tokenizer file that cannot be used, or text that a tokenizer has no ids for. */
public final class TokenizerException extends RankineException {
  private static final long serialVersionUID = 1L;

  /** The line to show, and what led to it. */
  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What is wrong at {@code key} of {@code file}; an empty key is the file as a whole. */
  public static TokenizerException of(String file, String key, String expected, String found) {
    return of(file, key, expected, found, null);
  }

  /** As {@link #of(String, String, String, String)}, with what led to it. */
  public static TokenizerException of(
      String file, String key, String expected, String found, Throwable cause) {
    return new TokenizerException(Shown.fault(file, key, expected, found), cause);
  }
}
