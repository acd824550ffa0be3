package rankine.engine.icl;

import static rankine.common.io.JsonKind.STRING;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import rankine.common.Fault;
import rankine.common.TaskException;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;

/**
 * Reads SQuAD v1.1 JSON: {@code data}, an array of articles with {@code title} and {@code
 * paragraphs}; a paragraph has {@code context} and {@code qas}; each of the {@code qas} has {@code
 * question} and {@code answers} with {@code text}. A row is a question; its group is its article's
 * number. Columns are {@code title}, {@code context}, {@code question}.
 *
 * <p>Streams: only one article is in memory at a time, whatever the order of the keys.
 */
final class SquadReader {

  private final Json source;
  private final String name;
  private final RowMapper rows;
  private int index;
  private int article;

  private SquadReader(String name, RowMapper rows) {
    this.name = name;
    this.source = Json.of(name, TaskException::new);
    this.rows = rows;
  }

  /** Adds a file's questions to {@code rows}. The document may be a single line of any length. */
  static void read(Path file, RowMapper rows) {
    DataFileReader.read(
        file,
        Integer.MAX_VALUE,
        text -> {
          SquadReader reader = new SquadReader(DataFileReader.name(file), rows);
          return reader.source.stream(text, reader::document);
        });
  }

  private Void document(JsonParser json) throws IOException {
    boolean found = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean data = json.currentName().equals("data");
      found |= data;
      JsonToken value = json.nextToken();
      if (!data) {
        json.skipChildren();
      } else if (value != JsonToken.START_ARRAY) {
        throw source.fault(Fault.WRONG_KIND, "data", "an array of articles", Json.found(json));
      } else {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          String at = "data[" + article + "]";
          article(JsonObject.of(source, at, source.tree(json, at)));
          article++;
        }
      }
    }
    if (!found) {
      throw source.fault(Fault.MISSING_FIELD, "data", "an array of articles", "nothing");
    }
    return null;
  }

  private void article(JsonObject json) {
    String title = json.get("title", STRING);
    for (JsonObject paragraph : json.objects("paragraphs")) {
      String context = paragraph.get("context", STRING);
      for (JsonObject question : paragraph.objects("qas")) {
        List<String> answers =
            question.objects("answers").stream().map(a -> a.get("text", STRING)).toList();
        if (answers.isEmpty()) {
          throw question.fault("answers", "one answer or more (SQuAD v1.1)", "none");
        }
        Map<String, String> cells =
            Map.of(
                "title", title, "context", context, "question", question.get("question", STRING));
        rows.add(name, index++, cells, answers, article);
      }
    }
  }
}
