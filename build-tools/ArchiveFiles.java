import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Makes the parts of the archive that are no jars, in an empty folder: a runtime image of this JDK,
 * what finds TornadoVM's options, completion, manual pages and the version. {@code java
 * ArchiveFiles.java FOLDER CLASSPATH}, with the class path of the command line.
 */
final class ArchiveFiles {
  /**
   * What Rankine and its libraries use of the JDK. They run on the class path, as most have no
   * module descriptor. Jinjava reads properties of beans, which java.desktop has; TornadoVM, where
   * its SDK is, compiles through jdk.internal.vm.ci.
   */
  private static final String MODULES =
      "java.base,java.desktop,java.logging,java.sql,jdk.httpserver,jdk.incubator.vector,"
          + "jdk.internal.vm.ci,jdk.management,jdk.unsupported";

  private final Path folder;
  private final String classPath;

  private ArchiveFiles(Path folder, String classPath) {
    this.folder = folder;
    this.classPath = classPath;
  }

  public static void main(String[] args) throws Exception {
    ArchiveFiles files = new ArchiveFiles(Path.of(args[0]), args[1]);
    files.delete();
    files.link();
    files.compile(Path.of("../build-tools/TornadoFlags.java"), "jvm");
    files.run("version", "--version");
    Path version = files.folder.resolve("version");
    Files.writeString(version, Files.readAllLines(version).getFirst() + "\n");
    files.run("completion/rankine.bash", "completion", "bash");
    files.run("completion/_rankine", "completion", "zsh");
    files.run("man.log", "man", "--out", files.folder.resolve("man/man1").toString());
    Files.delete(files.folder.resolve("man.log"));
  }

  private void delete() throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> old = Files.walk(folder)) {
        for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(folder);
  }

  private void link() {
    tool(
        "jlink",
        "--add-modules",
        MODULES,
        "--strip-java-debug-attributes",
        "--no-header-files",
        "--no-man-pages",
        "--output",
        folder.resolve("runtime").toString());
  }

  /** The runtime has no compiler. */
  private void compile(Path source, String into) {
    tool("javac", "-d", folder.resolve(into).toString(), source.toString());
  }

  private static void tool(String name, String... arguments) {
    int code =
        ToolProvider.findFirst(name)
            .orElseThrow(
                () -> new IllegalStateException(name + ": expected in the JDK, found none"))
            .run(System.out, System.err, arguments);
    if (code != 0) {
      throw new IllegalStateException(name + ": expected exit code 0, found " + code);
    }
  }

  /** Runs Rankine on the new runtime, and keeps what it prints. */
  private void run(String out, String... arguments) throws Exception {
    Path file = folder.resolve(out);
    Files.createDirectories(file.getParent());
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("runtime/bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath));
    command.add("rankine.cli.Main");
    command.addAll(List.of(arguments));
    int code =
        new ProcessBuilder(command)
            .redirectOutput(file.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException(
          String.join(" ", arguments) + ": expected exit code 0, found " + code);
    }
  }
}
