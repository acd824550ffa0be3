package rankine.cli;

import java.util.List;
import picocli.CommandLine.Option;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.PromptIds;

/** The prompt, as ids or as text. */
final class PromptInput {
  @Option(
      names = "--ids",
      split = ",",
      required = true,
      paramLabel = "ID",
      description = "Prompt as token ids; no special token is added.")
  List<Integer> ids;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "Prompt as text; BOS is added if the tokenizer's configuration says so.")
  String prompt;

  /** Returns the ids of the prompt. */
  int[] ids(LoadedModel loaded) {
    return ids != null
        ? ids.stream().mapToInt(Integer::intValue).toArray()
        : PromptIds.of(loaded.tokenizer(), prompt);
  }
}
