package rankine.engine.icl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import rankine.common.TaskException;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/**
 * The keys that a task file may leave out, so that a name, the classes, a query and its choices are
 * enough for a task. docs/tasks.md lists them for the reader.
 */
final class TaskDefaults {
  private static final int SHOTS = 5;

  private TaskDefaults() {}

  /**
   * Returns {@code given} with the default of each key that it lacks.
   *
   * @throws rankine.common.RankineException for two or more required keys that it lacks, all in one
   *     message
   */
  static JsonObject complete(JsonObject given) {
    ObjectNode tree = given.tree();
    List<String> required =
        switch (tree.path("scoring").asText()) {
          case "greedy" -> List.of("name", "query");
          case "greedy_match" -> List.of("name", "query", "choices");
          default -> List.of("name", "classes", "query", "choices");
        };
    List<String> missing = required.stream().filter(key -> !given.has(key)).toList();
    if (missing.size() > 1) {
      throw given.fault(
          String.join(", ", missing),
          "these keys",
          given.keys().isEmpty() ? "none" : "only " + Shown.brief(String.join(", ", given.keys())));
    }
    ObjectNode defaults = JsonNodeFactory.instance.objectNode();
    defaults.put("description", tree.path("name").asText("a task"));
    defaults.put("revision", 1).put("shots", SHOTS).put("scoring", "likelihood");
    ObjectNode files = defaults.putObject("files");
    for (DataSplit split : DataSplit.values()) {
      files.put(split.label(), split.label() + ".jsonl");
    }
    defaults.putObject("validation").put("from", "validation");
    defaults.putObject("test").put("from", "test");
    ObjectNode fields = defaults.putObject("fields");
    placeholders(tree).forEach(name -> fields.put(name, name));
    if (given.has("classes")) {
      defaults.put("label", "label");
      if (tree.path("draw").asText("per_class").equals("per_class")) {
        ArrayNode order = defaults.putArray("order");
        for (int i = 0; i < tree.path("classes").size(); i++) {
          order.add(i);
        }
      }
    }
    Json source = Json.of(given.source(), TaskException::new);
    return given.over(JsonObject.of(source, "", defaults));
  }

  /** Returns the placeholders of queries and choices: each is the column of that name. */
  private static Set<String> placeholders(ObjectNode tree) {
    Set<String> names = new LinkedHashSet<>();
    for (String key : List.of("preamble", "query", "given", "choices")) {
      JsonNode value = tree.path(key);
      (value.isArray() ? value : List.of(value))
          .forEach(text -> names.addAll(placeholders(text.asText())));
    }
    return names;
  }

  /** Returns none for a malformed template, which its own reader refuses. */
  private static Set<String> placeholders(String template) {
    try {
      return PromptTemplate.of(template).fields();
    } catch (IllegalArgumentException e) {
      return Set.of();
    }
  }
}
