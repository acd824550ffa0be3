package rankine.tokenizer;

/**
 * A tokenizer file that cannot be used, or text that a tokenizer has no ids for. The message is one
 * line that names the file, the key, what was expected and what was found.
 */
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Longest quotation of a found value in a message, in characters. */
  private static final int QUOTE = 80;

  private TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }

  static TokenizerException of(String file, String key, String expected, String found) {
    return of(file, key, expected, found, null);
  }

  static TokenizerException of(
      String file, String key, String expected, String found, Throwable cause) {
    String place = key.isEmpty() ? file : file + ": " + key;
    return new TokenizerException(
        oneLine(place) + ": expected " + oneLine(expected) + ", found " + oneLine(found), cause);
  }

  /** {@code value} in quotes, cut to a readable length. */
  static String quote(String value) {
    if (value.length() <= QUOTE) {
      return "\"" + value + "\"";
    }
    int cut = Character.isHighSurrogate(value.charAt(QUOTE - 1)) ? QUOTE - 1 : QUOTE;
    return "\"" + value.substring(0, cut) + "…\"";
  }

  /** Everything that could break the line, or is no character, as an escape. */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (Character.isISOControl(c)
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR
                  || type == Character.SURROGATE) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString();
  }
}
