package rankine.engine.icl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;

/** JSON values specific to task files. */
final class TaskJson {
  private TaskJson() {}

  /** Returns an array of texts, or one text as a list; empty if the key is absent. */
  static List<String> texts(JsonObject json, String key) {
    JsonNode node = json.node(key);
    return node.isMissingNode()
        ? List.of()
        : node.isArray() ? json.list(key, JsonKind.TEXT) : List.of(json.get(key, JsonKind.TEXT));
  }

  static PromptTemplate template(JsonObject json, String key) {
    return template(json, key, json.get(key, JsonKind.TEXT));
  }

  static Optional<PromptTemplate> optionalTemplate(JsonObject json, String key) {
    return json.has(key) ? Optional.of(template(json, key)) : Optional.empty();
  }

  static List<PromptTemplate> templates(JsonObject json, String key) {
    return texts(json, key).stream().map(text -> template(json, key, text)).toList();
  }

  static PromptTemplate template(JsonObject json, String key, String text) {
    try {
      return PromptTemplate.of(text);
    } catch (IllegalArgumentException e) {
      throw json.fault(key, "a template such as 'text: {field}'", e.getMessage());
    }
  }
}
