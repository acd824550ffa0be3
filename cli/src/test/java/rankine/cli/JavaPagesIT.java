package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/**
 * The Java in README.md and docs/java.md compiles and runs as written, from the packaged jars, and
 * prints what the page says. Runs after phase package, which makes the jars.
 */
class JavaPagesIT {
  private static final Path ROOT = TestData.root();
  private static final Path LIB = ROOT.resolve("cli/target/rankine/lib");

  /** The example with what the README's program leaves out. */
  private static final String REST = "Weights";

  private static final String MODULE_INFO = "module-info";

  /** A block of Java; then, before the next heading, the block of its output if there is one. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "^```java\\n(.*?)^```$(?:(?:(?!^#|^```).)*^```\\n(.*?)^```$)?",
          Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern TYPE = Pattern.compile("public final class (\\w+)");

  @TempDir Path temp;

  /** The README's program: a source file that the JVM compiles and runs. */
  @Tag("thorough")
  @Test
  void theReadmesProgramRuns() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve("README.md")));
    assertTrue(block.find(), "README.md: a block of Java");
    Path source = Files.writeString(temp.resolve("Ten.java"), block.group(1));
    assertEquals(block.group(2), onClassPath(LIB + "/*", source.toString()));
  }

  @Tag("thorough")
  @Test
  void theExamplesCompileAndRunOnTheClassPath() throws IOException {
    Path classes = temp.resolve("classes");
    Map<String, String> printed = writeExamples();
    try (Stream<Path> jars = Files.list(LIB)) {
      compile(
          printed.keySet(),
          List.of("-cp", String.join(File.pathSeparator, jars.map(Path::toString).toList())),
          classes);
    }
    String path = LIB + "/*" + File.pathSeparator + classes;
    check(printed, name -> onClassPath(path, "example." + name));
  }

  /** The README's program generates and evaluates on the class path; this one does the rest. */
  @Test
  void anExampleRunsOnTheModulePath() throws IOException {
    Map<String, String> printed = writeExamples();
    runOnModulePath(printed, Map.of(REST, printed.get(REST)));
  }

  @Tag("thorough")
  @Test
  void theExamplesRunOnTheModulePath() throws IOException {
    Map<String, String> printed = writeExamples();
    runOnModulePath(printed, printed);
  }

  /** Compiles all examples, and runs some. */
  private void runOnModulePath(Map<String, String> printed, Map<String, String> some)
      throws IOException {
    Path classes = temp.resolve("classes");
    List<String> sources = new ArrayList<>(printed.keySet());
    sources.add(MODULE_INFO);
    compile(sources, List.of("-p", LIB.toString()), classes);
    String path = LIB + File.pathSeparator + classes;
    check(some, name -> java("-p", path, "-m", "example/example." + name));
  }

  @Test
  void aForgottenOptionIsNamed() throws IOException {
    Path source =
        Files.writeString(
            temp.resolve("Short.java"),
            """
            void main() {
              rankine.engine.Rankine.load(Path.of("demo/checkpoint"));
            }
            """);
    Ran java = run("java", List.of("-cp", LIB + "/*", source.toString()));
    assertEquals(1, java.code());
    assertTrue(java.err().contains("--add-modules jdk.incubator.vector"), java.err());
  }

  /**
   * Writes the page's blocks as source files.
   *
   * @return what each class prints, by its name
   */
  private Map<String, String> writeExamples() throws IOException {
    Map<String, String> printed = new TreeMap<>();
    Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve("docs/java.md")));
    while (block.find()) {
      String name = MODULE_INFO;
      if (!block.group(1).startsWith("module ")) {
        Matcher type = TYPE.matcher(block.group(1));
        assertTrue(type.find(), block.group(1));
        name = type.group(1);
        printed.put(name, block.group(2));
      }
      Files.writeString(temp.resolve(name + ".java"), block.group(1));
    }
    assertEquals(List.of("Generate", "Prune", "Weights"), List.copyOf(printed.keySet()));
    return printed;
  }

  /** Compiles sources of the page; a warning is an error. */
  private void compile(Iterable<String> names, List<String> path, Path classes) {
    List<String> arguments = new ArrayList<>(path);
    arguments.addAll(List.of("-d", classes.toString(), "-Xlint:all,-incubating", "-Werror"));
    names.forEach(name -> arguments.add(temp.resolve(name + ".java").toString()));
    Ran javac = run("javac", arguments);
    assertEquals("", javac.out() + javac.err());
    assertEquals(0, javac.code());
  }

  /** Runs the examples, two at a time. */
  private static void check(Map<String, String> printed, UnaryOperator<String> run) {
    Map<String, String> found = new TreeMap<>();
    printed.keySet().parallelStream()
        .map(name -> Map.entry(name, run.apply(name)))
        .forEachOrdered(entry -> found.put(entry.getKey(), entry.getValue()));
    assertEquals(printed, found);
  }

  private static String onClassPath(String path, String program) {
    return java("--add-modules", "jdk.incubator.vector", "-cp", path, program);
  }

  /** Runs a program and returns its output; it must exit with 0 and print one known warning. */
  private static String java(String... arguments) {
    List<String> options = new ArrayList<>(List.of("-Duser.language=en")); // decimal points
    options.addAll(List.of(arguments));
    Ran java = run("java", options);
    assertEquals("WARNING: Using incubator modules: jdk.incubator.vector\n", java.err());
    assertEquals(0, java.code());
    return java.out();
  }

  /** A finished process. */
  private record Ran(int code, String out, String err) {}

  /** Runs a tool of this JDK in the root of the repository. */
  private static Ran run(String tool, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    // The process lives for seconds; the Vector API needs the second compiler.
    command.addAll(
        tool.equals("javac")
            ? List.of("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1")
            : List.of("-XX:+UseSerialGC"));
    command.addAll(arguments);
    try {
      Path err = Files.createTempFile("java-pages", ".err");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command).directory(ROOT.toFile()).redirectError(err.toFile());
        // With them the JVM prints a line of its own.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out, Files.readString(err));
      } finally {
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
