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
 * One question of a task as the model reads it, after one demonstration of each class, and the word
 * it goes on with. A process that starts cold answers hundreds of questions only after seconds of
 * compiling; this one shows what they are about meanwhile.
 */
final class DemoExample {
  private static final EvaluationOptions ONE = EvaluationOptions.DEFAULT.withShots(1).withLimit(1);

  private DemoExample() {}

  /**
   * @param task one with classes, each a single token
   * @param data the folder with its files
   */
  static void print(PrintStream out, LoadedModel loaded, Task task, Path data) {
    List<JsonNode> asked = new ArrayList<>();
    PromptListing.stream(task, data, ONE, asked::add);
    JsonNode question = asked.getFirst();
    String prompt = question.get("prompt").asText();
    out.println("One question, after one demonstration of each class:");
    prompt.lines().forEach(line -> out.println("  | " + line));
    int[] ids = PromptIds.of(loaded.tokenizer(), prompt);
    String word = loaded.tokenizer().decode(NextTokenLogits.after(loaded, ids, 1).greedy()).strip();
    String right = question.get("choices").get(question.get("gold").asInt()).asText().strip();
    out.printf(
        "The model goes on with '%s'%s%n%n",
        word, word.equals(right) ? ", which is right." : "; right would be '" + right + "'.");
  }
}
