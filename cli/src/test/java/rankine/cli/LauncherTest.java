package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import rankine.testdata.TestData;

/**
 * The launcher with a {@code java} that prints its arguments and a {@code mvn} that builds a file.
 */
@Execution(ExecutionMode.CONCURRENT) // waits for other processes, and captures no output
class LauncherTest {
  private static final Path ROOT = TestData.root();

  @TempDir private Path temporary;

  private Path clone;
  private Path jdk;
  private Path tools;

  /** The end of a run. */
  private record Ended(int code, String out, String err) {
    void failed(String... parts) {
      assertEquals(1, code, out + err);
      for (String part : parts) {
        assertTrue(err.contains(part), err + " lacks " + part);
      }
    }
  }

  @BeforeEach
  void cloneRepository() throws IOException {
    clone = Files.createDirectories(temporary.resolve("it's a \"clone\" $HOME"));
    Files.copy(ROOT.resolve("rankine"), clone.resolve("rankine"));
    Files.createFile(clone.resolve("pom.xml"));
    for (String module : List.of("common", "tokenizer", "kernels", "engine", "cli")) {
      Files.createDirectories(clone.resolve(module + "/src/main"));
      Files.createFile(clone.resolve(module + "/pom.xml"));
    }
    jdk = Files.createDirectories(temporary.resolve("a jdk"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    script(jdk.resolve("bin/java"), "printf '%s\\n' \"$@\"");
    tools = Files.createDirectories(temporary.resolve("tools"));
    build("1");
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** From now on Maven puts {@code content} into the folder that it is told to build into. */
  private void build(String content) throws IOException {
    script(
        tools.resolve("mvn"),
        """
        folder=cli/target/rankine
        for argument; do case $argument in -Dlauncher.folder=*) folder=${argument#*=} ;; esac; done
        mkdir -p "$folder/lib" && echo %s > "$folder/lib/built.jar"
        """
            .formatted(content));
  }

  private Path jar() {
    return clone.resolve("cli/target/rankine/lib/built.jar");
  }

  private void editSource() throws IOException {
    Path built = clone.resolve("cli/target/rankine/built");
    FileTime later = FileTime.fromMillis(Files.getLastModifiedTime(built).toMillis() + 2000);
    Files.setLastModifiedTime(clone.resolve("engine/pom.xml"), later);
  }

  private ProcessBuilder process(Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", clone.resolve("rankine").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder process =
        new ProcessBuilder(command)
            .redirectOutput(temporary.resolve("out").toFile())
            .redirectError(temporary.resolve("err").toFile());
    process.environment().keySet().removeIf(key -> key.startsWith("RANKINE_"));
    process.environment().put("PATH", tools + ":" + System.getenv("PATH"));
    process.environment().put("RANKINE_JAVA_HOME", jdk.toString());
    process.environment().put("TORNADOVM_HOME", temporary.resolve("none").toString());
    for (Map.Entry<String, String> entry : environment.entrySet()) {
      if (entry.getValue().isEmpty()) {
        process.environment().remove(entry.getKey());
      } else {
        process.environment().put(entry.getKey(), entry.getValue());
      }
    }
    return process;
  }

  private Ended run(Map<String, String> environment, String... arguments) throws Exception {
    int code = process(environment, arguments).start().waitFor();
    return new Ended(
        code,
        Files.readString(temporary.resolve("out"), StandardCharsets.UTF_8),
        Files.readString(temporary.resolve("err"), StandardCharsets.UTF_8));
  }

  private Ended run(String... arguments) throws Exception {
    return run(Map.of(), arguments);
  }

  @Test
  void buildsAndRunsUnderAPathWithSpacesAndQuotes() throws Exception {
    Ended ended = run("eval", "--prompt", "it's \"one\" argument");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(Files.exists(jar()));
    String home = clone.toRealPath().toString();
    assertTrue(ended.out().contains("\n-Drankine.home=" + home + "\n"), ended.out());
    assertTrue(ended.out().contains("\n" + home + "/cli/target/rankine/lib/*\n"), ended.out());
    assertTrue(ended.out().contains("\n@" + home + "/build-tools/mapped.jvm\n"), ended.out());
    assertTrue(ended.out().endsWith("\neval\n--prompt\nit's \"one\" argument\n"), ended.out());
  }

  /** With {@code CDPATH}, the shell's {@code cd} into a relative folder prints where it went. */
  @Test
  void theFolderIsFoundWhateverCdPrints() throws Exception {
    ProcessBuilder process = process(Map.of("CDPATH", temporary.toString()), "eval");
    process.directory(temporary.toFile());
    process.command().set(1, temporary.relativize(clone.resolve("rankine")).toString());
    assertEquals(0, process.start().waitFor(), Files.readString(temporary.resolve("err")));
    String out = Files.readString(temporary.resolve("out"));
    String home = "\n-Drankine.home=" + clone.toRealPath();
    assertTrue(out.contains(home + "\n-Drankine.launcher="), out);
  }

  /** In a locale without UTF-8 a JVM cannot open a path with other letters than ASCII. */
  @Test
  void theBuildsLocaleHasUtf8() throws Exception {
    Path locales = temporary.resolve("locales");
    String noted = "echo \"${0##*/} $LC_ALL\" >> '" + locales + "'\n";
    build("1");
    Path mvn = tools.resolve("mvn");
    script(mvn, noted + Files.readString(mvn));
    script(jdk.resolve("bin/java"), noted);
    Ended ended = run(Map.of("LC_ALL", "C"), "doctor");
    assertEquals(0, ended.code(), ended.err());
    assertEquals(
        List.of("mvn C.UTF-8", "java C.UTF-8", "java C.UTF-8"), Files.readAllLines(locales));
  }

  @Test
  void runsWithoutHome() throws Exception {
    Map<String, String> without = new TreeMap<>();
    without.put("HOME", "");
    without.put("TORNADOVM_HOME", "");
    Ended ended = run(without, "doctor");
    assertEquals(0, ended.code(), ended.err());
    without.put("RANKINE_JAVA_HOME", "");
    without.put("JAVA_HOME", jdk.toString());
    assertEquals(0, run(without, "doctor").code());
  }

  @Test
  void aFailedRebuildKeepsTheLastBuild() throws Exception {
    assertEquals(0, run("doctor").code());
    script(tools.resolve("mvn"), "echo broken >&2; exit 1");
    editSource();
    run("doctor").failed("the build failed", "RANKINE_BUILD=never");
    assertEquals("1\n", Files.readString(jar()));
    assertFalse(Files.exists(clone.resolve("cli/target/rankine.new")));
    Ended last = run(Map.of("RANKINE_BUILD", "never"), "doctor");
    assertEquals(0, last.code(), last.err());
    build("2");
    assertEquals(0, run("doctor").code());
    assertEquals("2\n", Files.readString(jar()));
    assertFalse(Files.exists(clone.resolve("cli/target/rankine.old")));
  }

  @Test
  void aKilledRebuildKeepsTheLastBuild() throws Exception {
    assertEquals(0, run("doctor").code());
    Path building = temporary.resolve("building");
    script(tools.resolve("mvn"), "touch '" + building + "'; exec tail -f /dev/null");
    editSource();
    Process launcher = process(Map.of(), "doctor").start();
    while (!Files.exists(building)) {
      assertFalse(launcher.waitFor(1, TimeUnit.MILLISECONDS), "ended before it was killed");
    }
    List<ProcessHandle> all = launcher.descendants().toList();
    launcher.destroyForcibly().waitFor();
    all.forEach(ProcessHandle::destroyForcibly);
    assertEquals("1\n", Files.readString(jar()));
    build("2");
    assertEquals(0, run("doctor").code());
    assertEquals("2\n", Files.readString(jar()));
  }

  /** The edit is not in the build, so the next start builds again. */
  @Test
  void aSourceEditedDuringTheBuildIsNewer() throws Exception {
    script(
        tools.resolve("mvn"),
        "mkdir -p cli/target/rankine.new/lib && touch -t 203001010000 cli/pom.xml");
    assertEquals(0, run("doctor").code());
    Ended again = run("doctor");
    assertTrue(again.err().contains("rankine: building"), again.err());
  }

  @Test
  void heapLimitsAreChecked() throws Exception {
    assertEquals(0, run("doctor").code());
    for (String limit : List.of("abc", "16m", "8gb", "-1g", "0", "1.5g", "99999999999g", "17t")) {
      run(Map.of("RANKINE_HEAP", limit), "doctor")
          .failed("rankine: RANKINE_HEAP: expected a heap limit from 64m to 16t", "found " + limit);
    }
    for (String limit : List.of("64m", "8g", "8G", "67108864", "65536k", "16t")) {
      Ended ended = run(Map.of("RANKINE_HEAP", limit), "doctor");
      assertEquals(0, ended.code(), ended.err());
      assertTrue(ended.out().contains("\n-Xmx" + limit + "\n"), ended.out());
    }
  }
}
