package rankine.engine.profile;

import java.nio.file.Path;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Task;

/** The text of a study. */
public sealed interface TextSource {
  /**
   * The short English text that is part of Rankine: its first {@link BuiltInText#TOKENS} tokens.
   */
  record BuiltInSource() implements TextSource {}

  /** A text from the user; BOS is added if the tokenizer configuration requires it. */
  record PromptSource(String text) implements TextSource {}

  /** Token ids, used unchanged without a tokenizer. */
  record IdsSource(int[] ids) implements TextSource {}

  /**
   * The prompts of a task's examples as in an evaluation, demonstrations included.
   *
   * @param data the folder of the task's data files
   */
  record TaskSource(Task task, Path data, EvaluationOptions options) implements TextSource {}
}
