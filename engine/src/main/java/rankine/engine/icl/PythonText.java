package rankine.engine.icl;

/**
 * White space as Python's {@code str.strip} sees it, and so lm-evaluation-harness. Java's {@link
 * String#strip} leaves out the no-break spaces and U+0085.
 */
final class PythonText {
  private PythonText() {}

  /** Returns whether the code point is white space. */
  static boolean isSpace(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || codePoint == 0x85;
  }

  /** Returns {@code text} without white space at its ends. */
  static String strip(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return stripTrailing(text.substring(start));
  }

  /** Returns {@code text} without white space at its end. */
  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
