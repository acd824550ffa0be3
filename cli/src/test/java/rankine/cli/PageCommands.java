package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import rankine.testdata.TestData;

/** The command lines of README.md and docs/*.md, as the pages write them. */
final class PageCommands {
  private static final Path ROOT = TestData.root();

  /** A block of code, its language, and the HTML comment before it if there is one. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:^<!-- ([^\\n]*) -->\\n+)?^```(\\w*)\\n(.*?)^```$",
          Pattern.DOTALL | Pattern.MULTILINE);

  /** Rankine called in a line of a shell, also in quotes. */
  private static final Pattern CALL =
      Pattern.compile("(?:^|')\\./rankine ([^']*(?:'[^']*'[^']*)*)");

  /** A word, perhaps in quotes. */
  private static final Pattern WORD =
      Pattern.compile("\"((?:\\\\.|[^\"\\\\])*)\"|'([^']*)'|(\\S+)");

  private static final Pattern COMMENT = Pattern.compile("\\s#\\s.*$");

  /**
   * A block of a page.
   *
   * @param mark the comment before it, which the page's reader does not see
   */
  record Block(String page, Optional<String> mark, List<Line> lines) {
    boolean isRun() {
      return mark.isEmpty();
    }

    @Override
    public String toString() {
      return page + ": " + lines.getFirst().text();
    }
  }

  /**
   * A line of a block, joined with those that continue it, without its comment.
   *
   * @param words the arguments of Rankine; empty if another program is called
   */
  record Line(String text, List<String> words) {
    boolean isRankine() {
      return !words.isEmpty();
    }

    /** Whether it stands for more than it says. */
    boolean isAbridged() {
      return words.contains("…");
    }
  }

  private PageCommands() {}

  /** All blocks that call Rankine. */
  static List<Block> blocks() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    List<Block> blocks = new ArrayList<>();
    for (Path page : pages) {
      Matcher block = BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        List<Line> lines = block.group(2).isEmpty() ? lines(block.group(3)) : List.of();
        if (lines.stream().anyMatch(Line::isRankine)) {
          Optional<String> mark = Optional.ofNullable(block.group(1));
          blocks.add(new Block(ROOT.relativize(page).toString(), mark, lines));
        }
      }
    }
    return blocks;
  }

  private static List<Line> lines(String block) {
    List<Line> lines = new ArrayList<>();
    for (String written : block.replaceAll("\\s*\\\\\\n\\s*", " ").lines().toList()) {
      String text = COMMENT.matcher(written).replaceAll("").strip();
      Matcher call = CALL.matcher(text);
      if (!text.isEmpty()) {
        lines.add(new Line(text, call.find() ? words(call.group(1)) : List.of()));
      }
    }
    return lines;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      words.add(
          word.group(1) != null
              ? word.group(1)
              : word.group(2) != null ? word.group(2) : word.group(3));
    }
    return words;
  }
}
