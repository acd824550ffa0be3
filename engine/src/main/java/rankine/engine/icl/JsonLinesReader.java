package rankine.engine.icl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import rankine.common.TaskException;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;
import rankine.common.io.Text;

/**
 * Reads JSON Lines, one object per line, as in SuperGLUE. Skips empty lines. Numbers and booleans
 * become their text; ignores keys whose value is null, an array or an object, except for values
 * within that the task names by a path: {@code choices.text.0}.
 */
final class JsonLinesReader {
  private static final Pattern POSITION = Pattern.compile("[0-9]{1,9}");

  private JsonLinesReader() {}

  /** Adds a file's rows to {@code rows}. */
  static void read(Path file, RowMapper rows) {
    DataFileReader.read(
        file,
        DataFileReader.MAX_LINE_CHARS,
        text -> {
          read(DataFileReader.name(file), text, rows);
          return null;
        });
  }

  private static void read(String name, BufferedReader text, RowMapper rows) throws IOException {
    Set<String> read = rows.sourceColumns();
    int index = 0;
    int number = 0;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      number++;
      if (!line.isBlank()) {
        String where = name + ":" + number;
        rows.add(where, index++, cells(where, line, read));
      }
    }
  }

  private static Map<String, String> cells(String where, String line, Set<String> read) {
    JsonObject json = Json.of(where, TaskException::new).object(new StringReader(line));
    ObjectNode object = json.tree();
    Map<String, String> cells = new HashMap<>();
    object.properties().forEach(property -> put(cells, property.getKey(), property.getValue()));
    for (String path : read) {
      if (path.indexOf('.') > 0 && !cells.containsKey(path)) {
        put(cells, path, value(object, path));
      }
    }
    for (String column : read) {
      // UTF-8 has no lone surrogate: different texts would have the same hash.
      if (!Text.isWellFormed(cells.getOrDefault(column, ""))) {
        throw json.loneSurrogate(column);
      }
    }
    return cells;
  }

  private static void put(Map<String, String> cells, String column, JsonNode value) {
    if (value.isTextual() || value.isNumber() || value.isBoolean()) {
      cells.put(column, value.asText());
    }
  }

  /** Returns the value at a path of keys, and of positions in lists; missing if there is none. */
  private static JsonNode value(JsonNode root, String path) {
    JsonNode node = root;
    for (String step : path.split("\\.", -1)) {
      node = node.isArray() ? element(node, step) : node.path(step);
    }
    return node;
  }

  private static JsonNode element(JsonNode list, String step) {
    return POSITION.matcher(step).matches()
        ? list.path(Integer.parseInt(step))
        : MissingNode.getInstance();
  }
}
