package rankine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.icl.PromptListing;

/** {@code prompts}: the prompts of a task's evaluation. */
@Command(
    name = "prompts",
    sortOptions = false,
    description = {
      "Print the prompts of a task, one JSON line per example.",
      "Each line has the split and row, the demonstrations, the prompt, the choices and the index of"
          + " the gold one. No model is needed."
    })
final class PromptsCommand implements Callable<Integer> {
  @Mixin TaskOptions task;

  @Mixin SplitOptions split;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    // Build all lines first: bad data then prints nothing.
    List<String> lines = new ArrayList<>();
    PromptListing.stream(
        task.load(),
        task.data,
        task.options(split.part()),
        json -> lines.add(StandardOutput.line(json)));
    StandardOutput.lines(lines);
    return 0;
  }
}
