package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rankine.engine.model.Architectures;
import rankine.testdata.TestData;

/** The names of types are unique, and the pages name and link what exists. */
class RepositoryTest {
  private static final Path ROOT = TestData.root();

  private static final List<String> MODULES =
      List.of(
          "common",
          "tokenizer",
          "kernels",
          "engine",
          "cli",
          "benchmarks",
          "spark",
          "testdata",
          "build-tools");

  private static final List<String> PAGES =
      List.of(
          "README.md",
          "CONTRIBUTING.md",
          "docs/architecture.md",
          "docs/compression.md",
          "docs/gemm.md",
          "docs/gpu.md",
          "docs/java.md",
          "docs/numerics.md",
          "docs/paper.md",
          "docs/reliability.md",
          "docs/scale.md",
          "docs/serving.md",
          "docs/spark.md",
          "docs/tasks.md",
          "docs/troubleshooting.md",
          "benchmarks/README.md",
          "demo/README.md",
          "faults/README.md",
          "packaging/KIT.md",
          "testdata/README.md");

  /** Names in the pages that are not types of Rankine: of the JDK, its flags, a worked example. */
  private static final Set<String> FOREIGN =
      Set.of(
          "FreqInlineSize",
          "InternalError",
          "MemorySegment",
          "NaN",
          "NodeCountInliningCutoff",
          "ReluSquared",
          "ServiceLoader");

  private static final Pattern COMMENTS = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);

  private static final Pattern STRINGS =
      Pattern.compile("\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"", Pattern.DOTALL);

  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|record|interface|enum) ([A-Z]\\w*)\\s*[({<\\s]");

  /** An identifier of at least two capitalised words, in backquotes. */
  private static final Pattern NAMED = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)+)\\b");

  /** A type and one of its members, in backquotes. */
  private static final Pattern MEMBER = Pattern.compile("`([A-Z]\\w+)\\.([a-zA-Z]\\w+)");

  /** A relative link: a path, which may be absent, and an anchor, which may be too. */
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s:]*)(?:#([^)]+))?\\)");

  private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);

  /** A row of the README's table of models, with its {@code model_type}. */
  private static final Pattern MODEL_ROW =
      Pattern.compile("^\\| [^|]+ \\| `(\\w+)` \\| (?:B?F16|F32)", Pattern.MULTILINE);

  @Test
  void noTwoTypesShareAName() {
    Map<String, List<String>> shared = new TreeMap<>(declarations());
    shared.values().removeIf(files -> files.size() < 2);
    assertEquals(Map.of(), shared);
  }

  @Test
  void pagesNameTypesThatExist() throws IOException {
    Set<String> types = declarations().keySet();
    for (String page : PAGES) {
      Set<String> unknown = new TreeSet<>();
      Matcher named = NAMED.matcher(Files.readString(ROOT.resolve(page)));
      while (named.find()) {
        if (!types.contains(named.group(1)) && !FOREIGN.contains(named.group(1))) {
          unknown.add(named.group(1));
        }
      }
      assertEquals(Set.of(), unknown, page);
    }
  }

  @Test
  void pagesNameMembersThatExist() throws IOException {
    Map<String, List<String>> types = declarations();
    for (String page : PAGES) {
      Matcher named = MEMBER.matcher(Files.readString(ROOT.resolve(page)));
      while (named.find()) {
        List<String> files = types.getOrDefault(named.group(1), List.of());
        if (!files.isEmpty()) {
          String declaring = Files.readString(ROOT.resolve(files.getFirst()));
          Pattern member = Pattern.compile("\\b" + named.group(2) + "\\b");
          assertTrue(member.matcher(declaring).find(), page + ": " + named.group());
        }
      }
    }
  }

  @Test
  void relativeLinksLeadToFiles() throws IOException {
    for (String page : PAGES) {
      Path file = ROOT.resolve(page);
      Matcher link = LINK.matcher(Files.readString(file));
      while (link.find()) {
        Path target =
            link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1)).normalize();
        assertTrue(Files.exists(target), page + ": " + link.group(1));
        if (link.group(2) != null) {
          assertTrue(anchors(target).contains(link.group(2)), page + ": " + link.group());
        }
      }
    }
  }

  /** The anchors of a page's headings, as GitHub makes them. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new TreeSet<>();
    Matcher heading = HEADING.matcher(Files.readString(page));
    while (heading.find()) {
      String words = heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "");
      anchors.add(words.replace(' ', '-'));
    }
    return anchors;
  }

  @Test
  void theReadmeListsEveryArchitecture() throws IOException {
    List<String> types = new ArrayList<>();
    Matcher row = MODEL_ROW.matcher(Files.readString(ROOT.resolve("README.md")));
    while (row.find()) {
      types.add(row.group(1));
    }
    assertEquals(Architectures.modelTypes(), types);
  }

  /** Maven splits {@code commandlineArgs} at spaces and quotes, which the clone's path may have. */
  @Test
  void commandLinesOfTheBuildHaveNoAbsolutePath() throws IOException {
    for (String module : List.of(".", "cli", "benchmarks", "kernels/tornado", "spark")) {
      String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
      Matcher line = Pattern.compile("<(commandlineArgs|format.command)>([^<]*)<").matcher(pom);
      while (line.find()) {
        String arguments = line.group(2).replace("${format.command}", "");
        assertTrue(
            !arguments.contains("irectory}") && !arguments.contains("basedir}"), line.group());
      }
    }
  }

  /** Every type's simple name, nested types included, with the files that declare it. */
  private static Map<String, List<String>> declarations() {
    Map<String, List<String>> found = new TreeMap<>();
    for (String module : MODULES) {
      try (Stream<Path> paths = Files.walk(ROOT.resolve(module))) {
        paths.filter(RepositoryTest::isSource).sorted().forEach(file -> addTypes(file, found));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  private static boolean isSource(Path file) {
    String path = ROOT.relativize(file).toString();
    return path.endsWith(".java") && !path.contains("target") && !path.endsWith("-info.java");
  }

  private static void addTypes(Path file, Map<String, List<String>> found) {
    try {
      String text = COMMENTS.matcher(Files.readString(file)).replaceAll("");
      Matcher declared = DECLARATION.matcher(STRINGS.matcher(text).replaceAll("\"\""));
      while (declared.find()) {
        found
            .computeIfAbsent(declared.group(1), name -> new ArrayList<>())
            .add(ROOT.relativize(file).toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
