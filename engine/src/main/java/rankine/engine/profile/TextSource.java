package rankine.engine.profile;

import java.nio.file.Path;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Task;

/** What a model reads in a study. */
public sealed interface TextSource {
  /** A short English text that comes with Rankine: its first {@link BuiltInText#TOKENS} tokens. */
  record BuiltInSource() implements TextSource {}

  /** A text of the user's; BOS is added if the tokenizer's configuration says so. */
  record PromptSource(String text) implements TextSource {}

  /** Token ids; nothing is added, and no tokenizer is needed. */
  record IdsSource(int[] ids) implements TextSource {}

  /**
   * The prompts of a task's examples as an evaluation asks them, demonstrations and all.
   *
   * @param data the folder with the task's files
   */
  record TaskSource(Task task, Path data, EvaluationOptions options) implements TextSource {}
}
