package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.CommandSpec;

/** Usage errors: exit code 2 and a message that names the word. */
class UsageTest {
  private static final List<String> COMMANDS =
      List.of(
          "demo",
          "inspect",
          "tokenize",
          "logits",
          "generate",
          "serve",
          "prompts",
          "eval",
          "perplexity",
          "search",
          "sweep",
          "spectrum",
          "report",
          "profile",
          "prune",
          "architectures",
          "tasks",
          "cache",
          "doctor",
          "completion",
          "man");

  private static final Pattern SPACES = Pattern.compile(" +");

  static List<String> commands() {
    return COMMANDS;
  }

  @Test
  void noCommandListsTheCommands() {
    Cli.Outcome found = Cli.run();
    assertEquals(0, found.code());
    for (String command : COMMANDS) {
      assertTrue(found.out().contains("\n  " + command + " "), command);
    }
    found.out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    for (String term : List.of("rank", "pruning rate", "module", "corrected", "shots", "plain")) {
      assertTrue(found.out().contains("\n  " + term + " "), term);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(String command) {
    for (String option : new String[] {"--help", "-h"}) {
      Cli.Outcome found = Cli.run(command, option);
      assertEquals(0, found.code(), found.err());
      assertEquals("", found.err());
      assertTrue(found.out().startsWith("Usage: rankine " + command + " "), found.out());
      assertTrue(found.out().contains("--format"), found.out());
      found.out().lines().forEach(line -> assertTrue(line.length() <= 100, line));
    }
  }

  /** Each option has one entry, under the heading that it has in every command. */
  @ParameterizedTest
  @MethodSource("commands")
  void sharedOptionsStandUnderTheirHeadings(String command) {
    CommandSpec spec = Main.commandLineOfAll().getSubcommands().get(command).getCommandSpec();
    String help = Cli.run(command, "--help").out();
    List<String> entries =
        help.substring(0, help.indexOf("\nExample:\n"))
            .lines()
            .dropWhile(line -> line.startsWith("Usage: ") || line.startsWith(" "))
            .toList();
    List<String> found = new ArrayList<>();
    Map<String, String> headings = new HashMap<>();
    String heading = "";
    for (String line : entries) {
      if (line.matches("[A-Z][a-z ]*:")) {
        heading = line;
      } else if (line.matches(" {2,6}-.*")) {
        String name = line.replaceAll("^ *(-h, |-V, )?(--[a-z-]+).*", "$2");
        found.add(name);
        headings.put(name, heading);
      }
    }
    List<String> expected =
        spec.options().stream()
            .map(option -> option.names()[option.names()[0].startsWith("--") ? 0 : 1])
            .toList();
    assertEquals(new TreeSet<>(expected), new TreeSet<>(found));
    assertEquals(expected.size(), found.size(), found.toString());
    assertEquals("General:", headings.get("--help"));
    assertEquals("General:", headings.get("--quiet"));
    assertEquals("", headings.getOrDefault("--model", ""));
    assertEquals("Pruning method:", headings.getOrDefault("--svd-seed", "Pruning method:"));
    assertEquals("General:", heading, "the last");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyHelpEndsWithAnExampleThatParses(String command) {
    String help = Cli.run(command, "--help").out();
    String example = help.substring(help.indexOf("\nExample:\n") + 10).strip();
    example = example.replaceAll(" \\\\\n *", " ");
    assertTrue(example.startsWith("rankine " + command) && !example.contains("\n"), example);
    String line = example.substring("rankine ".length()).replaceAll(" > .*", "");
    String[] words = SPACES.split(line.replaceAll("\"[^\"]*\"", "text"));
    assertEquals(
        command, Main.commandLine(words).parseArgs(words).subcommand().commandSpec().name());
  }

  @Test
  void helpSaysWhereThereIsMoreThanOneDocument() {
    for (String command : List.of("prompts", "tokenize")) {
      String help =
          SPACES.matcher(Cli.run(command, "--help").out().replace('\n', ' ')).replaceAll(" ");
      assertTrue(help.contains("print one document per line, in both"), help);
    }
  }

  @Test
  void version() {
    Cli.Outcome found = Cli.run("--version");
    assertEquals(0, found.code());
    List<String> lines = found.out().lines().toList();
    assertEquals(3, lines.size());
    // A source archive has no commit.
    assertTrue(
        lines.get(0).matches("rankine 0\\.\\d+\\.\\d+, commit ([0-9a-f]{12}(-dirty)?|unknown)"),
        found.out());
    String vendor = System.getProperty("java.vendor");
    assertTrue(lines.get(1).startsWith("Java " + Runtime.version() + ", " + vendor), found.out());
    assertTrue(lines.get(2).matches("backend vector: .*\\d+ bits.*"), found.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "completion                                                    | SHELL",
        "completion fish                                               | fish",
        "man frobnicate                                                | frobnicate",
        "man eval --out a                                              | --out",
        "frobnicate                                                    | frobnicate",
        "inspect                                                       | --model",
        "inspect --model                                               | --model",
        "inspect --model a --frob                                      | --frob",
        "logits --model a --ids 1 --threads 0                          | --threads",
        "logits --model a --ids 1 --greedy -1                          | --greedy",
        "generate --model a --prompt b --max-tokens x                  | --max-tokens",
        "eval --model a --task sst2 --data b --limit 0                 | --limit",
        "eval --model a --task sst2 --data b --shots -1                | --shots",
        "search --model a --task sst2 --data b --module mlp            | --layer",
        "sweep --model a --layers 0 --modules mlp --tasks cb --data b  | --run",
        "sweep --run r --model a --layers 5-0 --modules mlp --tasks cb --data b | --layers",
        "sweep --run r --model a --layers 0 --modules mlp --tasks cb --data b --shard 3/3 | --shard",
        "sweep --run r --model a --layers 0 --modules mlp --tasks cb --data b --test some | --test",
        "prune --model a --edit 0:mlp:0.5                               | --out",
        "report --out a                                                | RUN_DIR",
        "report a                                                      | --out",
        "prune --model a --out b                                       | --edit",
        "logits --model a --ids 1 --svd-preset paper                    | --svd-preset",
        "logits --model a --ids 1 --svd-oversampling 4                  | --method randomized",
        "logits --model a --ids 1 --svd-power-iterations 4              | --svd-power-iterations",
        "logits --model a --ids 1 --method zero --svd-preset paper      | --method zero",
        "logits --model a --ids 1 --method randomized --svd-preset fast | --svd-preset",
        "logits --model a --ids 1 --method randomized --svd-power-iterations 101 | 0 to 100, found '101'",
        "logits --model a --ids 1 --method randomized --svd-power-iterations 2147483647 | 0 to 100",
        "logits --model a --ids 1 --threads 20000                      | 1 to 1024, found '20000'",
        "inspect --model a --threads 2147483647                        | 1 to 1024",
        "inspect --model a --threads 99999999999                       | 1 to 1024",
        "eval --model a --task sst2 --data b --cache-limit 0           | --cache-limit",
        "logits --model a --ids 1 --svd-oversampling -1                 | --svd-oversampling",
        "eval --model a --task sst2 --data b --svd-preset paper         | --svd-preset",
        "search --model a --task sst2 --data b --layer 1 --module mlp --svd-preset paper | --svd-preset",
        "prune --model a --out b --edit 0:mlp:0.5 --svd-preset paper    | --svd-preset",
        "inspect --model a b                                           | b",
        "inspect --model a --format xml                                | --format",
        "inspect --model a --threads two                               | --threads",
        "logits --model a                                              | --ids",
        "logits --model a --ids 1,x                                    | --ids",
        "logits --model a --ids 99999999999                            | --ids",
        "logits --model a --ids 1 --prompt b                           | --prompt",
        "logits --model a --ids 1 --greedy many                        | --greedy",
        "logits --model a --ids 1 --edit 0:mlp                         | --edit",
        "logits --model a --ids 1 --edit 0:mpl:0.5                     | --edit 0:mpl:0.5: module",
        "logits --model a --ids 1 --edit 0:mlp:1                       | not including, 1",
        "eval --model a --task sst2 --data b --edit -2:mlp:0.5         | LAYER:MODULE:RATE",
        "prune --model a --out b --edit 0:mlp:x                        | --edit 0:mlp:x",
        "search --model a --task sst2 --data b --layer 1 --module mlp --rates 0.5,2 | --rates 2",
        "search --model a --task sst2 --data b --layer 1 --module mlp --rates 0.5,0.50 | 0.5 twice",
        "search --model a --task sst2 --data b --layer 1 --module mpl   | --module mpl",
        "search --model a --task sst2 --data b --layer 1 --module mlp,attn | --greedy",
        "search --model a --task sst2 --data b --layer 1 --module mlp --seeds 1,1 | 1 twice",
        "search --model a --task sst2 --data b --layer 1 --module mlp --choose most | largest-not-worse",
        "search --model a --task sst2 --data b --layer 1 --module mlp --split test | --split",
        "sweep --run r --model a --layers 0 --modules mlp --tasks cb --data b --split test | --split",
        "sweep --run r --model a --layers 0 --modules mpl --tasks cb --data b | --modules mpl",
        "sweep --run r --model a --layers 0 --modules mlp --tasks cb4 --data b | --tasks cb4",
        "sweep --run r --model a --layers 0 --modules mlp --tasks cb,rte --data cb=b | rte",
        "sweep --run r --model a --layers 0 --modules mlp --tasks cb --data b --rates 1 | --rates 1",
        "spectrum --model a --layer 0 --module mlp --rates -0.5         | --rates -0.5",
        "spectrum --model a --layer -2 --module mlp                     | --layer",
        "profile --model a --layer 0 --module mlp --rates 0,0           | 0 twice",
        "profile --model a --layer 0 --module mlp --no-time --rows 4    | --rows",
        "profile --model a --layer 0 --module mlp --no-time --precise  | --precise",
        "profile --model a --layer 0 --module mlp --split test          | --split",
        "logits --model a --ids 1 --sequential x                        | one of [none, block, group]",
        "eval --model a --task sst3 --data b                            | --task sst3",
        "eval --model a --task sst2:first --data b                      | paper, corrected",
        "prompts --task sst2: --data b                                  | --task",
        "generate --model a --prompt b --temperature -1                 | --temperature",
        "generate --model a --prompt b --temperature NaN                | --temperature",
        "generate --model a --prompt b --temperature Infinity           | --temperature",
        "logits --model a --ids 1 --backend quantum                     | --backend",
        "inspect --model a --backend quantum                            | quantum",
        "logits --model a --ids 1 --backend vector --device 1           | --device",
        "eval --model a --task sst2 --data b --backend scalar --device 0 | --device",
        "logits --model a --ids 1 --method zero                         | --method",
        "eval --model a --task sst2 --data b --factored always          | --factored",
        "logits --model a --ids 1 --edit 0:mlp:0.5 --svd-seed 1         | --svd-seed",
        "logits --model a --ids 1 --edit 0:mlp:0.5 --method svd         | --method svd",
        "logits --model a --ids 1 --edit 0:mlp:0.5 --method magnitude --factored always | --factored",
        "logits --model a --ids 1 --greedy 99999999999                  | from 0 to 2147483647",
        "generate --model a                                            | --prompt",
        "generate --model a --prompt b --ids 1                         | --ids",
        "generate --model a --ids 1 --chat                             | --chat",
        "generate --model a --prompt b --system c                      | --system",
        "prompts --task cb --data b --chat                             | --model",
        "prompts --task cb --data b --model a                          | --chat",
        "generate --model a --prompt b --top-k -1                      | --top-k",
        "generate --model a --prompt b --top-p 0                       | more than 0, at most 1",
        "generate --model a --prompt b --top-p 1.1                     | --top-p",
        "generate --model a --prompt b --min-p 1.1                     | --min-p",
        "generate --model a --prompt b --min-p NaN                     | --min-p",
        "generate --model a --prompt b --repetition-penalty 0          | --repetition-penalty",
        "generate --model a --prompt b --repetition-penalty 1e-50      | more than 0, in float32",
        "generate --model a --prompt b --stop=                         | stop: expected a text",
        "generate --model a --prompt b --temperature hot               | --temperature",
        "generate --model a --prompt b --seed x                        | --seed",
        "tokenize --model a                                            | TEXT",
        "tokenize --model a --jsonl b text                             | --jsonl",
        "eval --model a --data b                                       | --task",
        "eval --model a --task sst2                                    | --data",
        "eval --task sst2 --data b                                     | --model",
        "eval --model a --task sst2 --data b --split training          | --split",
        "eval --model a --task sst2 --data b --limit few               | --limit",
        "prompts --task sst2 --data b --shots few                      | --shots",
      })
  void usageErrors(String line, String named) {
    Cli.Outcome found = Cli.run(SPACES.splitAsStream(line.trim()).toArray());
    found.misused(named, "--help' for the options.");
    assertTrue(found.err().startsWith("rankine: "), found.err());
  }
}
