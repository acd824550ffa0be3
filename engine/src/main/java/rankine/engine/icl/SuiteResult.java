package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The results of several tasks, or of the parts of one.
 *
 * @param parts one per folder of data, in their order
 * @param groups the tasks with several parts, each as a whole
 */
public record SuiteResult(List<PartResult> parts, List<PooledResult> groups) {
  /**
   * A task's result, or that of a part.
   *
   * @param folder its name, of a part
   */
  public record PartResult(EvaluationResult result, Optional<String> folder) {
    private ObjectNode toJson() {
      ObjectNode json = result.toJson();
      folder.ifPresent(name -> json.put("folder", name));
      return json;
    }
  }

  /** Copies the lists. */
  public SuiteResult {
    parts = List.copyOf(parts);
    groups = List.copyOf(groups);
  }

  /**
   * Pools the results of tasks in several folders.
   *
   * @param results one per folder, in the order of the tasks
   */
  public static SuiteResult of(List<TaskParts> tasks, List<EvaluationResult> results) {
    List<PartResult> parts = new ArrayList<>();
    List<PooledResult> groups = new ArrayList<>();
    for (TaskParts task : tasks) {
      int from = parts.size();
      for (int i = 0; i < task.folders().size(); i++) {
        Optional<String> folder =
            task.hasParts()
                ? Optional.of(task.folders().get(i).getFileName().toString())
                : Optional.empty();
        parts.add(new PartResult(results.get(from + i), folder));
      }
      if (task.hasParts()) {
        groups.add(new PooledResult(results.subList(from, parts.size())));
      }
    }
    return new SuiteResult(parts, groups);
  }

  /** Returns {@code results}, and {@code groups} if there are any. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("results");
    parts.forEach(part -> list.add(part.toJson()));
    if (!groups.isEmpty()) {
      ArrayNode pooled = json.putArray("groups");
      groups.forEach(group -> pooled.add(group.toJson()));
    }
    return json;
  }
}
