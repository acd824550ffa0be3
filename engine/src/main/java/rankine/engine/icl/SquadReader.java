package rankine.engine.icl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rankine.common.TaskException;

/**
 * Reads SQuAD v1.1 JSON: {@code data}, an array of articles with {@code title} and {@code
 * paragraphs}; a paragraph has {@code context} and {@code qas}; each of the {@code qas} has {@code
 * question} and {@code answers} with {@code text}. A row is a question; its group is its article's
 * number. Columns are {@code title}, {@code context}, {@code question}.
 *
 * <p>Streams: only one article is in memory at a time, whatever the order of the keys.
 */
final class SquadReader {

  /** Raises the limit on JSON tokens: SQuAD's train file has about two million. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(20_000_000).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private static final ObjectReader ARTICLE = MAPPER.readerFor(JsonNode.class);

  private final String name;
  private final RowMapper rows;
  private int index;
  private int article;

  private SquadReader(String name, RowMapper rows) {
    this.name = name;
    this.rows = rows;
  }

  /** Adds a file's questions to {@code rows}. The document may be a single line of any length. */
  static void read(Path file, RowMapper rows) {
    DataFileReader.read(
        file,
        Integer.MAX_VALUE,
        text -> {
          new SquadReader(DataFileReader.name(file), rows).document(text);
          return null;
        });
  }

  private void document(BufferedReader text) throws IOException {
    try (JsonParser json = MAPPER.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw expected("", "an object");
      }
      boolean found = false;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean data = json.currentName().equals("data");
        found |= data;
        JsonToken value = json.nextToken();
        if (!data) {
          json.skipChildren();
        } else if (value != JsonToken.START_ARRAY) {
          throw expected("data", "an array of articles");
        } else {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            JsonNode node = ARTICLE.readValue(json);
            article(node);
            article++;
          }
        }
      }
      if (!found) {
        throw expected("data", "an array of articles");
      }
      if (json.nextToken() != null) {
        throw new TaskException(name + ": expected one JSON document, found more after it");
      }
    } catch (JsonProcessingException e) {
      throw new TaskException(name + ": " + StrictJson.malformed(e), e);
    }
  }

  private void article(JsonNode node) {
    String path = "data[" + article + "]";
    String title = text(node, path, "title");
    int p = 0;
    for (JsonNode paragraph : array(node, path, "paragraphs")) {
      String paragraphPath = path + ".paragraphs[" + p++ + "]";
      String context = text(paragraph, paragraphPath, "context");
      int q = 0;
      for (JsonNode question : array(paragraph, paragraphPath, "qas")) {
        String questionPath = paragraphPath + ".qas[" + q++ + "]";
        List<String> answers = new ArrayList<>();
        int a = 0;
        for (JsonNode answer : array(question, questionPath, "answers")) {
          answers.add(text(answer, questionPath + ".answers[" + a++ + "]", "text"));
        }
        if (answers.isEmpty()) {
          throw expected(questionPath + ".answers", "one answer or more (SQuAD v1.1)");
        }
        Map<String, String> cells =
            Map.of(
                "title", title,
                "context", context,
                "question", text(question, questionPath, "question"));
        rows.add(name, index++, cells, List.copyOf(answers), article);
      }
    }
  }

  private String text(JsonNode node, String path, String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw expected(path + "." + key, "a text");
    }
    return value.textValue();
  }

  private JsonNode array(JsonNode node, String path, String key) {
    JsonNode value = node.path(key);
    if (!value.isArray()) {
      throw expected(path + "." + key, "an array");
    }
    return value;
  }

  private TaskException expected(String key, String what) {
    return new TaskException(
        "%s: %s: expected %s, found something else"
            .formatted(name, key.isEmpty() ? "the document" : "key '" + key + "'", what));
  }
}
