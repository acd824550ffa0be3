package rankine.cli;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The main class of the runnable jar. A manifest cannot ask for the Vector API's module, so this
 * starts the JVM again with the launcher's options, and ends with its exit code.
 */
public final class RunnableJar {
  /** What the JVM prints on stderr first, whatever its options are. */
  private static final byte[] WARNING =
      "WARNING: Using incubator modules: jdk.incubator.vector\n".getBytes(StandardCharsets.UTF_8);

  private RunnableJar() {}

  /** Runs a command line in another JVM. The options of this one, such as {@code -Xmx}, pass on. */
  public static void main(String[] args) throws Exception {
    Process rankine =
        new ProcessBuilder(command(args))
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(rankine)));
    copyErrors(rankine.getErrorStream(), new FileOutputStream(FileDescriptor.err));
    System.exit(rankine.waitFor());
  }

  private static List<String> command(String... args) throws Exception {
    Path jar =
        Path.of(RunnableJar.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> own = ManagementFactory.getRuntimeMXBean().getInputArguments();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options("launcher.jvm"));
    command.addAll(options("mapped.jvm"));
    // The JVM accepts one collector option only.
    if (own.stream().noneMatch(option -> option.matches("-XX:\\+Use\\w+GC"))) {
      command.add("-XX:+UseSerialGC");
    }
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
      command.add("-Drankine.terminal=true");
    }
    command.addAll(own);
    command.addAll(List.of("-cp", jar.toString(), "rankine.cli.Main"));
    command.addAll(List.of(args));
    return command;
  }

  /** Returns the options of an argument file, which has one on each line. */
  private static List<String> options(String file) throws IOException {
    try (InputStream in = RunnableJar.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  /** Copies stderr as it comes, without the warning. */
  private static void copyErrors(InputStream in, OutputStream out) throws IOException {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && first.size() < WARNING.length && next == WARNING[first.size()]) {
      first.write(next);
      next = in.read();
    }
    if (first.size() < WARNING.length) {
      first.writeTo(out);
    }
    if (next >= 0) {
      out.write(next);
      in.transferTo(out);
    }
  }

  /** Passes a signal on: the command ends by itself, after its own cleaning up. */
  private static void end(Process rankine) {
    rankine.destroy();
    try {
      rankine.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
