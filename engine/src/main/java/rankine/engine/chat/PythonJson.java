package rankine.engine.chat;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collection;
import java.util.Map;

/** JSON as Python's {@code json.dumps} writes it with {@code ensure_ascii=False}. */
final class PythonJson {
  private PythonJson() {}

  /**
   * Returns a value as JSON.
   *
   * @param indent spaces per level; negative: one line
   */
  static String of(Object value, int indent) {
    StringBuilder json = new StringBuilder();
    write(value, indent, 0, json);
    return json.toString();
  }

  private static void write(Object value, int indent, int depth, StringBuilder json) {
    switch (value) {
      case null -> json.append("null");
      case Boolean flag -> json.append(flag.booleanValue());
      case Number number -> json.append(number);
      case Map<?, ?> map -> {
        json.append('{');
        int i = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          separate(i++, indent, depth + 1, json);
          json.append(TextNode.valueOf(String.valueOf(entry.getKey()))).append(": ");
          write(entry.getValue(), indent, depth + 1, json);
        }
        close('}', i, indent, depth, json);
      }
      case Collection<?> list -> {
        json.append('[');
        int i = 0;
        for (Object element : list) {
          separate(i++, indent, depth + 1, json);
          write(element, indent, depth + 1, json);
        }
        close(']', i, indent, depth, json);
      }
      default -> json.append(TextNode.valueOf(value.toString()));
    }
  }

  private static void separate(int index, int indent, int depth, StringBuilder json) {
    if (indent < 0) {
      json.append(index == 0 ? "" : ", ");
    } else {
      json.append(index == 0 ? "\n" : ",\n").append(" ".repeat(indent * depth));
    }
  }

  private static void close(char bracket, int size, int indent, int depth, StringBuilder json) {
    if (indent >= 0 && size > 0) {
      json.append('\n').append(" ".repeat(indent * depth));
    }
    json.append(bracket);
  }
}
