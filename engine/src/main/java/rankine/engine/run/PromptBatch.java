package rankine.engine.run;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.TokenTree;

/**
 * Prompts of an evaluation, as a model reads them: a process that has the model and not the data
 * can run them.
 *
 * @param prefix ids that the prompts share, but for left-truncated ones; may be empty
 * @param prompts in the order of the data
 * @param answerTokens the most tokens of a written answer; 0 if continuations are scored. The
 *     answer to a prompt with a continuation has its length, to be compared with it
 */
public record PromptBatch(int[] prefix, List<Prompt> prompts, int answerTokens)
    implements Serializable {
  /** Copies the list. */
  public PromptBatch {
    prompts = List.copyOf(prompts);
  }

  /** All prompts of a task. */
  static PromptBatch of(TaskPrompts task) {
    return new PromptBatch(task.prefixIds(), task.prompts(), task.answerTokens().orElse(0));
  }

  /**
   * Returns consecutive parts, each of {@code size} prompts; the last may have fewer. The output
   * for a prompt does not depend on its part.
   */
  public List<PromptBatch> parts(int size) {
    List<PromptBatch> parts = new ArrayList<>();
    for (int from = 0; from < prompts.size(); from += size) {
      int to = Math.min(prompts.size(), from + size);
      parts.add(new PromptBatch(prefix, prompts.subList(from, to), answerTokens));
    }
    return parts;
  }

  TokenTree tree() {
    return TokenTree.of(prefix, prompts);
  }
}
