package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import rankine.common.TaskException;

/**
 * What a model will be asked, without a model: the shots asked for are shown, whatever a model's
 * context would hold.
 */
public final class PromptListing {
  private PromptListing() {}

  /**
   * Gives {@code each} one object an example, in the order of evaluation: {@code split} (the role
   * of the file that holds the row: train, validation or test), {@code row} (from 0 in that file),
   * {@code demonstrations} (their split and row, in order), {@code prompt}, {@code choices} (as
   * scored, by class; empty for a task with answers), {@code gold} (an index into choices, or the
   * accepted answers), {@code file} (the data file's name), {@code part} (the part asked for).
   *
   * @throws TaskException for a fault in the data, or too few rows
   */
  public static void stream(
      Task task, Path data, EvaluationOptions options, Consumer<ObjectNode> each) {
    ExamplePlan plan = ExamplePlan.of(task, data, options);
    PromptBuilder builder = new PromptBuilder(task.format());
    List<DataRow> shown = plan.demonstrations(plan.shots());
    String demonstrations = builder.demonstrations(shown);
    ArrayNode places = places(shown);
    for (DataRow row : plan.rows()) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("split", row.split().label());
      json.put("row", row.index());
      json.set("demonstrations", places.deepCopy());
      json.put("prompt", demonstrations + builder.query(row));
      ArrayNode choices = json.putArray("choices");
      builder.choices(row).forEach(choices::add);
      if (row.label() < 0) {
        ArrayNode answers = json.putArray("gold");
        row.answers().forEach(answers::add);
      } else {
        json.put("gold", row.label());
      }
      json.put("file", row.file());
      json.put("part", options.part().label());
      each.accept(json);
    }
  }

  /** Where rows stand: {@code [{"split":…,"row":…}…]}. */
  static ArrayNode places(List<DataRow> rows) {
    ArrayNode places = JsonNodeFactory.instance.arrayNode();
    for (DataRow row : rows) {
      places.addObject().put("split", row.split().label()).put("row", row.index());
    }
    return places;
  }
}
