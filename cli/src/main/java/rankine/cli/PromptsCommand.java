package rankine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.icl.PromptListing;

/** {@code prompts}: what the model will be asked. */
@Command(
    name = "prompts",
    sortOptions = false,
    description = "What the model will be asked: one JSON line an example.")
final class PromptsCommand implements Callable<Integer> {
  @Mixin TaskOptions task;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    // Everything is made before anything is printed: bad data prints nothing.
    List<String> lines = new ArrayList<>();
    PromptListing.stream(
        task.load(), task.data, task.options(), json -> lines.add(StandardOutput.line(json)));
    StandardOutput.lines(lines);
    return 0;
  }
}
