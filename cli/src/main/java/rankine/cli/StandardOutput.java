package rankine.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Stdout in UTF-8, for text and JSON. */
final class StandardOutput {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();

  private StandardOutput() {}

  /** Returns stdout in UTF-8, whatever the locale is. */
  static PrintStream stdout() {
    return utf8(System.out);
  }

  private static PrintStream utf8(OutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /** Prints an indented JSON document. */
  static void document(JsonNode json) {
    stdout().println(pretty(json));
  }

  /** Returns JSON with line breaks and indents. */
  static String pretty(JsonNode json) {
    try {
      return PRETTY.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns JSON as one line. */
  static String line(JsonNode json) {
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Prints {@code lines} without flushing after each. */
  static void lines(List<String> lines) {
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
    for (String line : lines) {
      out.print(line);
      out.print('\n');
    }
    out.flush();
  }

  /** Results that cannot be written, so computing more of them is useless. */
  static final class Unwritable extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Returns whether a write to stdout failed. */
  static boolean failed() {
    return System.out.checkError();
  }

  /**
   * Ends a command that prints results as they come, once nobody can read them.
   *
   * @throws Unwritable if a write to stdout failed
   */
  static void requireWritable() {
    if (failed()) {
      throw new Unwritable();
    }
  }

  /** Returns why a write to stdout failed, if that is known. */
  static Optional<IOException> failure() {
    return System.out instanceof WatchedStream watched ? watched.failure() : Optional.empty();
  }

  /** Returns whether a write failed because the reader closed the pipe. */
  static boolean isClosedPipe(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("pipe") || message.contains("connection reset");
  }
}
