package rankine.engine.checkpoint;

import java.nio.file.Path;

/** Foreign text made fit for a one-line message: no control characters, not too long. */
final class Shown {
  private static final int NAME_LENGTH = 160;
  private static final int VALUE_LENGTH = 60;
  private static final int PATH_LENGTH = 400;

  private Shown() {}

  /** The last element of a path. */
  static String file(Path file) {
    Path name = file.getFileName();
    return oneLine(name == null ? file.toString() : name.toString(), PATH_LENGTH);
  }

  static String path(Path path) {
    String text = path.toString();
    return oneLine(text.isEmpty() ? "." : text, PATH_LENGTH);
  }

  static String name(String name) {
    return oneLine(name, NAME_LENGTH);
  }

  static String value(Object value) {
    return oneLine(String.valueOf(value), VALUE_LENGTH);
  }

  private static String oneLine(String text, int limit) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (out.length() >= limit) {
        return out.append("...").toString();
      }
      if (isPlain(c)) {
        out.appendCodePoint(c);
      } else {
        out.append(String.format("\\u%04x", c));
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  /** Not a control, format (bidirectional marks), line separator or lone surrogate. */
  private static boolean isPlain(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
