package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completion, asked of bash itself, and the manual pages. */
class ShellTest {
  @TempDir Path folder;

  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    Cli.Outcome found = Cli.run("completion", "bash");
    assertEquals(0, found.code(), found.err());
    Path script = Files.writeString(folder.resolve("rankine.bash"), found.out());
    assertEquals(List.of("serve", "search"), completions(script, "se"));
    assertEquals(List.of("--choose"), completions(script, "search", "--cho"));
    assertEquals(
        List.of("--max-tokens"), completions(script, "generate", "--prompt", "a", "--max"));
    assertTrue(completions(script, "eval", "--format", "j").contains("json"));
    assertEquals(found.out(), Cli.run("completion", "zsh").out());
  }

  /** The words that bash offers for the last of {@code words}. */
  private List<String> completions(Path script, String... words) throws Exception {
    String ask =
        "source \"$1\"; shift; COMP_WORDS=(rankine \"$@\"); COMP_CWORD=$#;"
            + " _complete_rankine; printf '%s\\n' \"${COMPREPLY[@]}\"";
    List<String> command =
        Stream.concat(
                Stream.of("bash", "--norc", "-c", ask, "bash", script.toString()), Stream.of(words))
            .toList();
    Process bash =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), printed);
    return printed.lines().map(String::strip).toList();
  }

  @Test
  void everyCommandHasAManualPage() throws IOException {
    assertEquals(0, Cli.run("man", "--out", folder.resolve("man1"), "--quiet").code());
    CommandLine main = Main.commandLineOfAll();
    for (CommandLine command : main.getSubcommands().values()) {
      String name = command.getCommandName();
      String page = Files.readString(folder.resolve("man1/rankine-" + name + ".1"));
      assertEquals(page, Cli.run("man", name).out());
      assertTrue(page.startsWith(".TH \"rankine\\-" + name.replace("-", "\\-") + "\" 1"), page);
      for (OptionSpec option : command.getCommandSpec().options()) {
        String shown = option.longestName().replace("-", "\\-");
        assertTrue(page.contains(shown), name + " " + shown);
      }
      // Text is never taken for a request.
      page.lines()
          .filter(line -> line.startsWith(".") || line.startsWith("'"))
          .forEach(line -> assertTrue(line.matches("\\.(TH|SH|TP|PP|br|nf|fi)( .*)?"), line));
    }
    String overview = Files.readString(folder.resolve("man1/rankine.1"));
    main.getSubcommands()
        .keySet()
        .forEach(name -> assertTrue(overview.contains("\n\\fB" + name + "\\fR\n"), name));
  }
}
