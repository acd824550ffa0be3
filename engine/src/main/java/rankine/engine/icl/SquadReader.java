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
 * paragraphs}; a paragraph has {@code context} and {@code qas}; each of these {@code question} and
 * {@code answers} with {@code text}. A row is a question; its group is its article's number.
 * Columns are {@code title}, {@code context}, {@code question}.
 *
 * <p>One article is in memory at a time, whatever the order of the keys.
 */
final class SquadReader {

  /** SQuAD's own train file has some two million tokens. */
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

  /** Adds a file's questions to {@code rows}. The whole document may stand on one line. */
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
    String at = "data[" + article + "]";
    String title = text(node, at, "title");
    int p = 0;
    for (JsonNode paragraph : array(node, at, "paragraphs")) {
      String atParagraph = at + ".paragraphs[" + p++ + "]";
      String context = text(paragraph, atParagraph, "context");
      int q = 0;
      for (JsonNode question : array(paragraph, atParagraph, "qas")) {
        String atQuestion = atParagraph + ".qas[" + q++ + "]";
        List<String> answers = new ArrayList<>();
        int a = 0;
        for (JsonNode answer : array(question, atQuestion, "answers")) {
          answers.add(text(answer, atQuestion + ".answers[" + a++ + "]", "text"));
        }
        if (answers.isEmpty()) {
          throw expected(atQuestion + ".answers", "one answer or more (SQuAD v1.1)");
        }
        Map<String, String> cells =
            Map.of(
                "title", title,
                "context", context,
                "question", text(question, atQuestion, "question"));
        rows.add(name, index++, cells, List.copyOf(answers), article);
      }
    }
  }

  private String text(JsonNode node, String at, String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw expected(at + "." + key, "a text");
    }
    return value.textValue();
  }

  private JsonNode array(JsonNode node, String at, String key) {
    JsonNode value = node.path(key);
    if (!value.isArray()) {
      throw expected(at + "." + key, "an array");
    }
    return value;
  }

  private TaskException expected(String key, String what) {
    return new TaskException(
        "%s: %s: expected %s, found something else"
            .formatted(name, key.isEmpty() ? "the document" : "key '" + key + "'", what));
  }
}
