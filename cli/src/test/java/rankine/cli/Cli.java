package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs command lines in this JVM and captures their output, several at a time: what a command's
 * threads print goes to the command.
 */
final class Cli {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The output of a command, in its own thread and those that it starts. */
  private record Captured(ByteArrayOutputStream out, ByteArrayOutputStream err) {}

  private static final InheritableThreadLocal<Captured> CAPTURED = new InheritableThreadLocal<>();

  static {
    Locale.setDefault(Locale.ROOT); // as main does
    System.setOut(routed(System.out, Captured::out));
    System.setErr(routed(System.err, Captured::err));
  }

  /** Exit code and output of a command. */
  record Outcome(int code, String out, String err) {
    /** Asserts success and returns the only JSON document on stdout. */
    JsonNode json() {
      assertEquals(0, code, err);
      List<JsonNode> documents = documents(out);
      assertEquals(1, documents.size(), out);
      return documents.get(0);
    }

    /** Asserts success and returns the JSON document of each line. */
    List<JsonNode> jsonLines() {
      assertEquals(0, code, err);
      List<JsonNode> lines = new ArrayList<>();
      for (String line : out.lines().toList()) {
        List<JsonNode> documents = documents(line);
        assertEquals(1, documents.size(), line);
        lines.add(documents.get(0));
      }
      return lines;
    }

    /**
     * Asserts exit code 1, nothing on stdout, and one line on stderr that has all {@code parts}.
     */
    void failed(String... parts) {
      assertEquals(1, code, out + err);
      assertEquals("", out);
      assertTrue(err.startsWith("rankine: ") && err.endsWith("\n"), err);
      assertEquals(1, err.lines().count(), err);
      assertFalse(err.contains("internal error"), err);
      for (String part : parts) {
        assertTrue(err.contains(part), err + " lacks " + part);
      }
    }

    /** Asserts exit code 2, nothing on stdout, and a message that has all {@code parts}. */
    void misused(String... parts) {
      assertEquals(2, code, out + err);
      assertEquals("", out);
      assertEquals(2, err.lines().count(), err);
      for (String part : parts) {
        assertTrue(err.contains(part), err + " lacks " + part);
      }
    }
  }

  private Cli() {}

  static Outcome run(Object... args) {
    Captured before = CAPTURED.get();
    Captured captured = new Captured(new ByteArrayOutputStream(), new ByteArrayOutputStream());
    CAPTURED.set(captured);
    try {
      int code = Main.run(Stream.of(args).map(Object::toString).toArray(String[]::new));
      return new Outcome(
          code,
          captured.out.toString(StandardCharsets.UTF_8),
          captured.err.toString(StandardCharsets.UTF_8));
    } finally {
      CAPTURED.set(before);
    }
  }

  /**
   * Returns a stream to the command that the writing thread belongs to, or else to {@code other}.
   */
  private static PrintStream routed(
      PrintStream other, Function<Captured, ByteArrayOutputStream> stream) {
    OutputStream target =
        new OutputStream() {
          private OutputStream current() {
            Captured captured = CAPTURED.get();
            return captured == null ? other : stream.apply(captured);
          }

          @Override
          public void write(int b) throws IOException {
            current().write(b);
          }

          @Override
          public void write(byte[] bytes, int from, int count) throws IOException {
            current().write(bytes, from, count);
          }

          @Override
          public void flush() throws IOException {
            current().flush();
          }
        };
    return new PrintStream(target, true, StandardCharsets.UTF_8);
  }

  /** The command line of a JVM that runs {@code args}; the first words of stderr may be its own. */
  static List<String> java(Object... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1", // the process lives for a second
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "rankine.cli.Main"));
    Stream.of(args).map(Object::toString).forEach(command::add);
    return command;
  }

  private static List<JsonNode> documents(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      List<JsonNode> all = new ArrayList<>();
      JSON.readValues(parser, JsonNode.class).forEachRemaining(all::add);
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  static Set<String> keys(JsonNode object) {
    Set<String> keys = new TreeSet<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Copies the files of {@code from} into {@code to}, creating it. */
  static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
