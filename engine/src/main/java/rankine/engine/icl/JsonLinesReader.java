package rankine.engine.icl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import rankine.common.TaskException;
import rankine.common.io.Json;

/**
 * Reads JSON Lines, one object per line, as in SuperGLUE. Skips empty lines. Numbers and booleans
 * become their text; ignores keys whose value is null, an array or an object.
 */
final class JsonLinesReader {
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
    int index = 0;
    int number = 0;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      number++;
      if (!line.isBlank()) {
        String where = name + ":" + number;
        rows.add(where, index++, cells(where, line));
      }
    }
  }

  private static Map<String, String> cells(String where, String line) {
    ObjectNode object = Json.of(where, TaskException::new).object(new StringReader(line)).tree();
    Map<String, String> cells = new HashMap<>();
    object
        .properties()
        .forEach(
            property -> {
              JsonNode value = property.getValue();
              if (value.isTextual() || value.isNumber() || value.isBoolean()) {
                cells.put(property.getKey(), value.asText());
              }
            });
    return cells;
  }
}
