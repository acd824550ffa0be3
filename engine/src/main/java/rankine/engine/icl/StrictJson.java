package rankine.engine.icl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import rankine.common.Shown;
import rankine.common.TaskException;

/**
 * An object of a task file, read key by key. A key of the wrong type, a missing key and, at the
 * end, a key that nobody asked for are errors that name file and key.
 */
final class StrictJson {

  /** No duplicate keys, nothing after the document. */
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String file;
  private final String path;
  private final ObjectNode object;
  private final Set<String> asked = new LinkedHashSet<>();

  private StrictJson(String file, String path, ObjectNode object) {
    this.file = file;
    this.path = path;
    this.object = object;
  }

  /** The document in {@code bytes}, which must be an object. */
  static StrictJson document(String file, byte[] bytes) {
    JsonNode node;
    try {
      node = MAPPER.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new TaskException(file + ": " + malformed(e), e);
    } catch (IOException e) {
      throw new TaskException(file + ": " + Shown.reason(e), e);
    }
    return of(file, "", node);
  }

  /** What is wrong with a JSON text, and where, without the text itself. */
  static String malformed(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : "line %d, column %d: "
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    return where + "expected JSON, found: " + Shown.brief(e.getOriginalMessage());
  }

  private static StrictJson of(String file, String path, JsonNode node) {
    if (node instanceof ObjectNode object) {
      return new StrictJson(file, path, object);
    }
    throw new TaskException(
        "%s: %s: expected an object, found %s"
            .formatted(file, path.isEmpty() ? "the document" : path, kind(node)));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "'" + Shown.brief(node.textValue()) + "'";
      case NUMBER, BOOLEAN -> Shown.brief(node.asText());
      case NULL -> "null";
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case MISSING -> "nothing";
      case BINARY, POJO -> "something that is not JSON";
    };
  }

  /** This object with the keys of {@code over} laid over its own. */
  StrictJson with(StrictJson over) {
    ObjectNode merged = object.deepCopy();
    over.object.properties().forEach(e -> merged.set(e.getKey(), e.getValue()));
    StrictJson result = new StrictJson(file, path, merged);
    result.asked.addAll(asked);
    return result;
  }

  /** An error about {@code key}. */
  TaskException error(String key, String expected, String found) {
    return new TaskException(
        "%s: key '%s%s': expected %s, found %s".formatted(file, path, key, expected, found));
  }

  private JsonNode node(String key) {
    asked.add(key);
    return object.path(key);
  }

  private JsonNode required(String key, String expected) {
    JsonNode node = node(key);
    if (node.isMissingNode()) {
      throw error(key, expected, "nothing");
    }
    return node;
  }

  boolean has(String key) {
    return object.has(key);
  }

  boolean isText(String key) {
    return object.path(key).isTextual();
  }

  Set<String> keys() {
    Set<String> names = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The object under {@code key}. */
  StrictJson object(String key) {
    return of(file, path + key + ".", required(key, "an object"));
  }

  /** A text that is not empty. */
  String text(String key) {
    JsonNode node = required(key, "a text");
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw error(key, "a text that is not empty", kind(node));
    }
    return node.textValue();
  }

  /** One of {@code allowed}. */
  String oneOf(String key, List<String> allowed) {
    String text = text(key);
    if (!allowed.contains(text)) {
      throw error(key, "one of " + String.join(", ", allowed), "'" + Shown.brief(text) + "'");
    }
    return text;
  }

  int integer(String key, int least, int most) {
    return integer(key, required(key, "an integer"), least, most);
  }

  private int integer(String key, JsonNode node, int least, int most) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > most) {
      throw error(key, "an integer from %d to %d".formatted(least, most), kind(node));
    }
    return node.intValue();
  }

  /** False where the key is absent. */
  boolean flag(String key) {
    JsonNode node = node(key);
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw error(key, "true or false", kind(node));
    }
    return node.booleanValue();
  }

  /** Texts: an array of them, or one alone. Empty where the key is absent. */
  List<String> texts(String key) {
    JsonNode node = node(key);
    List<String> texts = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(item -> texts.add(itemText(key, item)));
    } else if (!node.isMissingNode()) {
      texts.add(itemText(key, node));
    }
    return List.copyOf(texts);
  }

  private String itemText(String key, JsonNode item) {
    if (!item.isTextual() || item.textValue().isEmpty()) {
      throw error(key, "texts that are not empty", kind(item));
    }
    return item.textValue();
  }

  /** Integers, in an array. Empty where the key is absent. */
  List<Integer> integers(String key, int least, int most) {
    JsonNode node = node(key);
    if (!node.isMissingNode() && !node.isArray()) {
      throw error(key, "an array of integers", kind(node));
    }
    List<Integer> numbers = new ArrayList<>();
    node.forEach(item -> numbers.add(integer(key, item, least, most)));
    return List.copyOf(numbers);
  }

  PromptTemplate template(String key) {
    return template(key, text(key));
  }

  Optional<PromptTemplate> optionalTemplate(String key) {
    return has(key) ? Optional.of(template(key)) : Optional.empty();
  }

  List<PromptTemplate> templates(String key) {
    return texts(key).stream().map(text -> template(key, text)).toList();
  }

  PromptTemplate template(String key, String text) {
    try {
      return PromptTemplate.of(text);
    } catch (IllegalArgumentException e) {
      throw error(key, "a template such as 'text: {field}'", e.getMessage());
    }
  }

  /** Every key with its texts, in the file's order. */
  Map<String, List<String>> allTexts() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    keys().forEach(key -> all.put(key, texts(key)));
    return all;
  }

  /** Refuses any key that was not asked for. */
  void refuseOthers() {
    Set<String> others = new TreeSet<>(keys());
    others.removeAll(asked);
    if (!others.isEmpty()) {
      throw error(
          others.iterator().next(),
          "one of " + String.join(", ", new TreeSet<>(asked)),
          "an unknown key");
    }
  }
}
