package rankine.common.io;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Builds one-line messages. Escapes control characters in text from files and shortens it, so that
 * a file cannot forge or flood a terminal line.
 */
public final class Shown {
  private static final int NAME_LENGTH = 160;
  private static final int VALUE_LENGTH = 60;
  private static final int PATH_LENGTH = 400;
  private static final int QUOTE_LENGTH = 80;
  private static final int EXPECTED_LENGTH = 1000;
  private static final int LINE_LENGTH = 2000;

  private Shown() {}

  /**
   * Returns the message that every fault of a file has: {@code place: key: expected …, found …}.
   *
   * @param place a file, or a file and a line
   * @param key empty for the whole file
   */
  public static String fault(String place, String key, String expected, String found) {
    return oneLine(place, PATH_LENGTH)
        + (key.isEmpty() ? "" : ": " + name(key))
        + ": expected "
        + oneLine(expected, EXPECTED_LENGTH)
        + ", found "
        + oneLine(found, PATH_LENGTH);
  }

  /** Returns the reason why a file cannot be read or written. */
  public static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case NotDirectoryException _ -> "no such folder";
      case AccessDeniedException _ -> "no permission";
      case CharacterCodingException _ -> "bytes that are not UTF-8";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : brief(e.getMessage());
    };
  }

  /** Returns the last element of a path. */
  public static String file(Path file) {
    Path name = file.getFileName();
    return oneLine(name == null ? file.toString() : name.toString(), PATH_LENGTH);
  }

  /** Returns a path as the user wrote it. */
  public static String path(Path path) {
    String text = path.toString();
    return oneLine(text.isEmpty() ? "." : text, PATH_LENGTH);
  }

  /** Returns a key or name, shortened. */
  public static String name(String name) {
    return oneLine(name, NAME_LENGTH);
  }

  /** Returns a text on one line, shortened. */
  public static String brief(String text) {
    return oneLine(text, NAME_LENGTH);
  }

  /** Returns a whole message on one line: line breaks and controls become spaces. */
  public static String line(String message) {
    return oneLine(message.replaceAll("\\R+|[\\p{Cntrl}\\p{Zl}\\p{Zp}]", " "), LINE_LENGTH);
  }

  /** Returns {@code text} in quotes, shortened. */
  public static String quote(String text) {
    return "\"" + oneLine(text, QUOTE_LENGTH) + "\"";
  }

  /** Returns a value, shortened. */
  public static String value(Object value) {
    return oneLine(String.valueOf(value), VALUE_LENGTH);
  }

  private static String oneLine(String text, int limit) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (out.length() >= limit) {
        return out.append("…").toString();
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

  /**
   * Returns whether a terminal shows the code point as one character of running text: no control,
   * format (bidirectional marks), line separator or lone surrogate.
   */
  public static boolean isPlain(int codePoint) {
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
