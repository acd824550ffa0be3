package rankine.engine.report.page;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML and the SVG within it. Text and attribute values are escaped, always; every element
 * that is opened is closed in its order. Names of elements and attributes are ours, never data.
 */
final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();
  private int ids;

  /**
   * Begins an element.
   *
   * @param attributes name, value, name, value …; a name with the value {@code null} is left out
   */
  Markup open(String name, String... attributes) {
    begin(name, attributes);
    out.append('>');
    open.push(name);
    return this;
  }

  /** Ends the element that was opened last and is still open. */
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

  /** Text. */
  Markup text(String text) {
    escape(text);
    return this;
  }

  /** A new identifier, unique on the page if all of it is written here. */
  String id(String prefix) {
    return prefix + "-" + ids++;
  }

  /** Takes what was written since the last call: one slot of the page. */
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
        // Characters that HTML does not allow, lone surrogates among them.
        boolean allowed = !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
        out.appendCodePoint(allowed ? c : 0xFFFD);
      }
    }
  }
}
