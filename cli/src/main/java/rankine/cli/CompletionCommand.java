package rankine.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code completion}: a script that completes command lines in a shell. */
@Command(
    name = "completion",
    sortOptions = false,
    description = {
      "Print a script that completes commands and options in a shell.",
      "For this session: source <(rankine completion bash)"
    })
final class CompletionCommand implements Callable<Integer> {
  /**
   * A shell that runs the script. zsh reads bash's, by its bashcompinit, which the script calls.
   */
  enum Shell {
    /** GNU bash. */
    BASH,
    /** The Z shell. */
    ZSH;

    /** As it is typed. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  Shell shell;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    String script = AutoComplete.bash("rankine", Main.commandLineOfAll());
    if (common.json()) {
      StandardOutput.document(
          JsonNodeFactory.instance
              .objectNode()
              .put("shell", shell.toString())
              .put("script", script));
    } else {
      StandardOutput.stdout().print(script);
    }
    return 0;
  }
}
