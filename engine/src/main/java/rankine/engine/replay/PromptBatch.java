package rankine.engine.replay;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts and the ids that they share, as a model reads them: a process that has the model and not
 * the data can run them.
 *
 * @param prefix ids that prompts begin with, but for left-truncated ones, before at least one id of
 *     their own; may be empty
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

  /** Prompts that share no beginning, and whose continuations are scored. */
  public static PromptBatch of(List<Prompt> prompts) {
    return new PromptBatch(new int[0], prompts, 0);
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

  /** Returns the ids as the model runs them: each shared one once. */
  public TokenTree tree() {
    return TokenTree.of(prefix, prompts);
  }
}
