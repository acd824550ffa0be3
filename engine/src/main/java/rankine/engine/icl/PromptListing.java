package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import rankine.common.TaskException;

/**
 * Lists the prompts of an evaluation without a model. They show all requested shots, whatever a
 * model's context would hold.
 */
public final class PromptListing {
  private PromptListing() {}

  /**
   * Passes one object per example to {@code each}, in the order of evaluation: {@code split} (of
   * the row's file: train, validation or test), {@code row} (from 0 in that file), {@code
   * demonstrations} (their split and row, in order), {@code prompt}, {@code given} (what is read
   * between prompt and choice, by class; absent if nothing is), {@code choices} (as scored, by
   * class; empty in a generative task), {@code gold} (an index into choices, or the gold answers),
   * {@code file} (the data file's name), {@code part} (the evaluation split).
   *
   * @throws TaskException for malformed data or too few rows
   */
  public static void stream(
      Task task, Path data, EvaluationOptions options, Consumer<ObjectNode> each) {
    stream(task, data, options, UnaryOperator.identity(), each);
  }

  /**
   * As {@link #stream(Task, Path, EvaluationOptions, Consumer)}, with prompts that a function has
   * changed.
   *
   * @param rendering of a prompt, such as by a chat template
   * @throws TaskException for malformed data or too few rows
   */
  public static void stream(
      Task task,
      Path data,
      EvaluationOptions options,
      UnaryOperator<String> rendering,
      Consumer<ObjectNode> each) {
    ExamplePlan plan = ExamplePlan.of(task, data, options);
    PromptBuilder builder = new PromptBuilder(task.format());
    List<DataRow> shown = plan.demonstrations(plan.shots());
    ArrayNode locations = locations(shown);
    for (DataRow row : plan.rows()) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("split", row.split().label());
      json.put("row", row.index());
      json.set("demonstrations", locations.deepCopy());
      json.put("prompt", rendering.apply(builder.beginning(shown, row) + builder.query(row)));
      List<String> given = builder.given(row);
      if (!given.isEmpty()) {
        ArrayNode texts = json.putArray("given");
        given.forEach(texts::add);
      }
      ArrayNode choices = json.putArray("choices");
      builder.choices(row).forEach(choices::add);
      if (row.answers().isEmpty()) {
        json.put("gold", Math.max(0, row.label()));
      } else {
        ArrayNode answers = json.putArray("gold");
        row.answers().forEach(answers::add);
      }
      json.put("file", row.file());
      json.put("part", options.part().label());
      each.accept(json);
    }
  }

  /** Returns the locations of rows: {@code [{"split":…,"row":…}…]}. */
  static ArrayNode locations(List<DataRow> rows) {
    ArrayNode locations = JsonNodeFactory.instance.arrayNode();
    for (DataRow row : rows) {
      locations.addObject().put("split", row.split().label()).put("row", row.index());
    }
    return locations;
  }
}
