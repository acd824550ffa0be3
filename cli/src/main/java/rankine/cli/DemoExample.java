package rankine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.PromptListing;
import rankine.engine.icl.Task;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.NextTokenLogits;
import rankine.engine.run.PromptIds;

/**
 * Prints one prompt of a task with one demonstration per class, and the token that the model
 * generates. A cold JVM needs seconds of JIT compilation for a whole evaluation; this example shows
 * at once what is evaluated.
 */
final class DemoExample {
  private static final EvaluationOptions ONE = EvaluationOptions.DEFAULT.withShots(1).withLimit(1);

  private DemoExample() {}

  /**
   * @param task a classification task whose labels are single tokens
   * @param data the folder with the task's data files
   */
  static void print(PrintStream out, LoadedModel loaded, Task task, Path data) {
    List<JsonNode> examples = new ArrayList<>();
    PromptListing.stream(task, data, ONE, examples::add);
    JsonNode example = examples.getFirst();
    String prompt = example.get("prompt").asText();
    out.println("One prompt: a demonstration per class, then the query:");
    prompt.lines().forEach(line -> out.println("  | " + line));
    int[] ids = PromptIds.of(loaded.tokenizer(), prompt);
    String answer =
        loaded.tokenizer().decode(NextTokenLogits.after(loaded, ids, 1).greedy()).strip();
    String gold = example.get("choices").get(example.get("gold").asInt()).asText().strip();
    out.printf(
        "The model's next token is '%s', %s.%n%n",
        answer, answer.equals(gold) ? "the gold label" : "the gold label is '" + gold + "'");
  }
}
