package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/**
 * The archive, unpacked, with nothing in its environment and an empty PATH; and the runnable jar.
 * Profile {@code archive} makes both.
 */
@Tag("archive")
class ArchiveIT {
  private static final Path TARGET = TestData.root().resolve("cli/target");
  private static final long MEGABYTE = 1_000_000;

  private static final Object[] LOGITS = {
    "logits", "--model", TestData.model("gptj-f16"), "--ids", "1,2,3", "--greedy", "8"
  };

  @TempDir private static Path temporary;

  private static Path archive;

  @BeforeAll
  static void unpack() throws Exception {
    try (Stream<Path> built = Files.list(TARGET)) {
      archive = built.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
    Path folder = Files.createDirectories(temporary.resolve("it's a \"folder\""));
    Process tar =
        new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString())
            .inheritIO()
            .start();
    assertEquals(0, tar.waitFor());
  }

  private static Path home() throws IOException {
    try (Stream<Path> folders = Files.list(temporary.resolve("it's a \"folder\""))) {
      List<Path> all = folders.toList();
      assertEquals(1, all.size(), "one folder in the archive");
      return all.getFirst();
    }
  }

  private static Cli.Outcome run(Map<String, String> environment, Object... command)
      throws Exception {
    Path out = temporary.resolve("out");
    Path err = temporary.resolve("err");
    ProcessBuilder process =
        new ProcessBuilder(Stream.of(command).map(Object::toString).toList())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    process.environment().clear();
    process.environment().putAll(environment);
    int code = process.start().waitFor();
    return new Cli.Outcome(code, Files.readString(out), Files.readString(err));
  }

  private static Cli.Outcome rankine(Object... arguments) throws Exception {
    List<Object> command = new ArrayList<>(List.of(home().resolve("bin/rankine")));
    command.addAll(List.of(arguments));
    return run(Map.of("PATH", ""), command.toArray());
  }

  @Test
  void theArchiveIsSmall() throws IOException {
    assertTrue(Files.size(archive) < 70 * MEGABYTE, archive + ": " + Files.size(archive));
  }

  @Test
  void theArchiveNeedsNeitherJavaNorPath() throws Exception {
    Cli.Outcome version = rankine("--version");
    assertEquals(0, version.code(), version.err());
    assertEquals(Cli.run("--version").out(), version.out());
    assertTrue(Files.size(home().resolve("start.aot")) > MEGABYTE, "made by the first start");

    Cli.Outcome logits = rankine(LOGITS);
    assertEquals(0, logits.code(), logits.err());
    assertEquals(Cli.run(LOGITS).out(), logits.out());
    assertEquals("", logits.err());

    JsonNode demo = rankine("demo", "--format", "json", "--quiet").json();
    assertEquals(2, demo.get("results").size());
    assertEquals(0.9, demo.get("searches").get(1).get("chosen_rate").doubleValue());

    rankine("inspect", "--model", "nowhere").failed("nowhere");
  }

  @Test
  void aLinkToTheLauncherStartsIt() throws Exception {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), home().resolve("bin/rankine"));
    Cli.Outcome found = run(Map.of(), link, "architectures");
    assertEquals(Cli.run("architectures").out(), found.out(), found.err());
  }

  /**
   * With the backend in the archive and an SDK of this Java, {@code doctor} starts with the SDK's
   * options; here both are empty shells.
   */
  @Test
  void theSdkOfTornadoVmIsFound() throws Exception {
    Path sdk = Files.createDirectories(temporary.resolve("tornado sdk"));
    Path jars = Files.createDirectories(sdk.resolve("share/java/tornado"));
    Files.createFile(jars.resolve("tornado-api-0-jdk25.jar"));
    Files.writeString(
        sdk.resolve("tornado-argfile.template"),
        "# a comment\n-server\n-Dlib=${TORNADOVM_HOME}/lib\n");
    Path backend = home().resolve("lib/rankine-kernels-tornado-0.jar");
    try (ZipOutputStream empty = new ZipOutputStream(Files.newOutputStream(backend))) {
      empty.putNextEntry(new ZipEntry("empty"));
    }
    Cli.Outcome doctor =
        run(Map.of("TORNADOVM_HOME", sdk.toString()), home().resolve("bin/rankine"), "doctor");
    Files.delete(backend);
    assertEquals(0, doctor.code(), doctor.err());
    List<String> flags = Files.readAllLines(home().resolve("tornado.jvm"));
    assertEquals("\"-Dlib=" + sdk.toRealPath() + "/lib\"", flags.getFirst());
  }

  @Test
  void theArchiveHasCompletionAndManualPages() throws IOException {
    assertEquals(
        Cli.run("completion", "bash").out(),
        Files.readString(home().resolve("completion/rankine.bash")));
    ManualPage.all()
        .forEach(
            (name, page) -> {
              Path file = Path.of("man/man1", name + ".1");
              try {
                assertEquals(page, Files.readString(home().resolve(file)));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  @Test
  void theJarRuns() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path jar = Files.copy(TARGET.resolve("rankine.jar"), temporary.resolve("rankine.jar"));
    List<Object> command = new ArrayList<>(List.of(java, "-Xmx512m", "-jar", jar));
    command.addAll(List.of(LOGITS));
    Cli.Outcome logits = run(Map.of(), command.toArray());
    assertEquals(0, logits.code(), logits.err());
    assertEquals(Cli.run(LOGITS).out(), logits.out());
    assertEquals("", logits.err());

    Cli.Outcome doctor = run(Map.of(), java, "-Xmx512m", "-jar", jar, "doctor", "--format", "json");
    assertEquals("vector", doctor.json().get("chosen").asText());
    long heap = doctor.json().get("max_heap_bytes").longValue();
    assertTrue(heap > 400 << 20 && heap <= 512 << 20, "the outer JVM's -Xmx: " + heap);

    run(Map.of(), java, "-jar", jar, "eval", "--modle", "x").misused("--model");
  }
}
