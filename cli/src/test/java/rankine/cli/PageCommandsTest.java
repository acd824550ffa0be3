package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import rankine.cli.PageCommands.Block;
import rankine.cli.PageCommands.Line;
import rankine.testdata.TestData;

/**
 * Every command line in README.md and docs/*.md. A block of code runs as the page says, on the
 * clone's own checkpoints and data, unless an HTML comment before it gives a reason why not.
 */
class PageCommandsTest {
  /** Before a block that is not run. */
  private static final Pattern REASON = Pattern.compile("not run: \\S.*");

  /** Words that stand for a file or folder of the reader's. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("(?:\\w+=)?(?:\\$HOME/)?(DIR|FILE|MODEL|NEW|RUN_DIR|my-task)\\b.*");

  /** Relative paths: of the clone, and of what the commands write. */
  private static final Pattern RELATIVE =
      Pattern.compile("(demo|testdata|runs|pruned)(/.*)?|[\\w./-]+\\.(html|jsonl?|txt|svg)");

  @TempDir Path folder;

  static List<Block> blocks() throws IOException {
    return PageCommands.blocks();
  }

  static Stream<Block> blocksThatRun() throws IOException {
    return blocks().stream().filter(Block::isRun);
  }

  @Test
  void blocksThatAreNotRunSayWhy() throws IOException {
    for (Block block : blocks()) {
      block.mark().ifPresent(mark -> assertTrue(REASON.matcher(mark).matches(), block + mark));
    }
  }

  /** Commands and options exist, values have their forms, and nothing that is required lacks. */
  @Test
  void everyCommandLineParses() throws IOException {
    for (Block block : blocks()) {
      for (Line line : block.lines()) {
        if (line.isRankine()) {
          parse(line, block.page() + ": " + line.text());
        }
      }
    }
  }

  private static void parse(Line line, String where) {
    String[] words =
        line.words().stream()
            .filter(word -> !word.equals("…"))
            .map(word -> word.replaceAll("\\$\\w+", "3"))
            .toArray(String[]::new);
    CommandLine main = Main.commandLine(words);
    main.getCommandSpec().parser().collectErrors(true);
    main.getSubcommands().values().forEach(c -> c.getCommandSpec().parser().collectErrors(true));
    CommandLine.ParseResult parsed = main.parseArgs(Commands.spelled(main, words));
    CommandLine.ParseResult last = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    for (Exception error : last.errors()) {
      boolean left = line.isAbridged() && error instanceof MissingParameterException;
      assertTrue(left, where + ": " + error.getMessage());
    }
    assertEquals(List.of(), parsed.unmatched(), where);
  }

  /** The options of a line fit together: it ends at the first file that is missing. */
  @Test
  void commandLinesWithPlaceholdersAreGoodUsage() throws IOException {
    for (Block block : blocks()) {
      for (Line line : block.lines()) {
        List<String> words = line.words();
        if (!line.isAbridged() && words.stream().anyMatch(w -> PLACEHOLDER.matcher(w).matches())) {
          Object[] placed =
              words.stream()
                  .map(w -> PLACEHOLDER.matcher(w).matches() ? at("nowhere", w) : w)
                  .map(w -> w.replaceAll("\\$\\w+", "3"))
                  .toArray();
          Cli.Outcome found = Cli.run(placed);
          assertEquals(1, found.code(), block.page() + ": " + line.text() + ": " + found.err());
          assertTrue(found.err().contains("nowhere"), found.err());
        }
      }
    }
  }

  /** Puts a path, perhaps after NAME=, into a folder of {@link #folder}. */
  private String at(String parent, String word) {
    int name = word.indexOf('=') + 1;
    return word.substring(0, name) + folder.resolve(parent).resolve(word.substring(name));
  }

  @Tag("thorough")
  @ParameterizedTest
  @MethodSource("blocksThatRun")
  void blocksRun(Block block) throws Exception {
    for (String name : List.of("demo", "testdata")) {
      Files.createSymbolicLink(folder.resolve(name), TestData.root().resolve(name));
    }
    for (Line line : block.lines()) {
      if (line.isRankine()) {
        Object[] words = line.words().stream().map(this::placed).toArray();
        Cli.Outcome found = Cli.run(words);
        assertEquals(0, found.code(), line.text() + ": " + found.err());
        assertFalse(found.out().isBlank(), line.text());
      } else {
        shell(line.text());
      }
    }
    for (String name : List.of("demo", "testdata")) {
      Files.delete(folder.resolve(name));
    }
  }

  private String placed(String word) {
    String value = word.substring(word.indexOf('=') + 1);
    return RELATIVE.matcher(value).matches() ? at(".", word) : word;
  }

  private void shell(String line) throws Exception {
    int code =
        new ProcessBuilder("bash", "-c", line)
            .directory(folder.toFile())
            .inheritIO()
            .start()
            .waitFor();
    assertEquals(0, code, line);
  }
}
