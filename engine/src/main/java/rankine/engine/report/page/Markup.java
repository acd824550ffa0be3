package rankine.engine.report.page;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML and inline SVG. Escapes all text and attribute values; closes elements in the reverse
 * order of opening. Names of elements and attributes are constants, never data.
 */
final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();
  private int ids;

  /**
   * Opens an element.
   *
   * @param attributes name, value, name, value …; a name with the value {@code null} is left out
   */
  Markup open(String name, String... attributes) {
    begin(name, attributes);
    out.append('>');
    open.push(name);
    return this;
  }

  /** Closes the innermost open element. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element without content: {@code <path/>}, {@code <input/>}. */
  Markup empty(String name, String... attributes) {
    begin(name, attributes);
    out.append("/>");
    return this;
  }

  /** An element that holds only text. */
  Markup element(String name, String text, String... attributes) {
    return open(name, attributes).text(text).close();
  }

  /** Appends text, escaped. */
  Markup text(String text) {
    escape(text);
    return this;
  }

  /** Returns a new identifier, unique among all that this object returned. */
  String id(String prefix) {
    return prefix + "-" + ids++;
  }

  /**
   * Returns and clears the text written since the last call: the content of one slot of the page.
   */
  String take() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("element not closed: " + open.peek());
    }
    String written = out.toString();
    out.setLength(0);
    return written;
  }

  private void begin(String name, String... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      if (attributes[i + 1] == null) {
        continue;
      }
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
  }

  private void escape(String text) {
    text.codePoints().forEach(this::escape);
  }

  private void escape(int c) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      case '\n', '\t' -> out.append((char) c);
      default -> {
        // HTML forbids these characters, lone surrogates included.
        boolean allowed = !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
        out.appendCodePoint(allowed ? c : 0xFFFD);
      }
    }
  }
}
