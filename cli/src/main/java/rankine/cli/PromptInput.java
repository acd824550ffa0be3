package rankine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import rankine.common.io.TextFile;
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

  @Option(
      names = "--prompt-file",
      required = true,
      paramLabel = "FILE",
      description =
          "Prompt as the text of a UTF-8 file, without its last line break; - is standard input.")
  Path file;

  /** Returns the text of the prompt, which is read once; empty if it is given as ids. */
  Optional<String> text() {
    if (file != null) {
      prompt = read();
      file = null;
    }
    return Optional.ofNullable(prompt);
  }

  private String read() {
    if (!file.equals(Path.of("-"))) {
      return withoutLineBreak(TextFile.read(file).text());
    }
    try {
      return withoutLineBreak(TextFile.decode("standard input", System.in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutLineBreak(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /** Returns the ids of the prompt. */
  int[] ids(LoadedModel loaded) {
    return text()
        .map(prompt -> PromptIds.of(loaded.tokenizer(), prompt))
        .orElseGet(() -> ids.stream().mapToInt(Integer::intValue).toArray());
  }
}
