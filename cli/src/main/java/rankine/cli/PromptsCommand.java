package rankine.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.icl.PromptListing;
import rankine.tokenizer.Tokenizers;

/** {@code prompts}: the prompts of a task's evaluation. */
@Command(
    name = "prompts",
    sortOptions = false,
    description = {
      "Print the prompts of a task, one JSON line per example.",
      "Each line has the split and row, the demonstrations, the prompt, the choices and the index of"
          + " the gold one. No model is needed, except for --chat: its folder's template renders each"
          + " prompt, demonstrations and query, as one user turn."
    })
final class PromptsCommand implements Callable<Integer> {
  @Mixin TaskOptions task;

  @Mixin SplitOptions split;

  @Mixin ChatOptions chat;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "With --chat: folder of the chat template and the tokenizer.")
  Path model;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    chat.check();
    if (chat.chat != (model != null)) {
      throw new UsageException("--chat: expected with --model, and --model with --chat, found one");
    }
    UnaryOperator<String> rendering =
        chat.chat ? chat.renderer(model, Tokenizers.load(model)) : UnaryOperator.identity();
    // Build all lines first: bad data then prints nothing.
    List<String> lines = new ArrayList<>();
    PromptListing.stream(
        task.load(),
        task.data(),
        task.options(split.part()),
        rendering,
        json -> lines.add(StandardOutput.line(json)));
    StandardOutput.lines(lines);
    return 0;
  }
}
