package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.stream.Stream;

/** Runs command lines in this JVM and captures their output. */
final class Cli {
  private static final ObjectMapper JSON = new ObjectMapper();

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
    PrintStream out = System.out;
    PrintStream err = System.err;
    Locale locale = Locale.getDefault();
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      Locale.setDefault(Locale.ROOT); // as main does
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      int code = Main.run(Stream.of(args).map(Object::toString).toArray(String[]::new));
      return new Outcome(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
      Locale.setDefault(locale);
    }
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
