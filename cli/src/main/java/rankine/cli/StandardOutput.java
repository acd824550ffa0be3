package rankine.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

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
    try {
      stdout().println(PRETTY.writeValueAsString(json));
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

  /** Returns whether a write to stdout failed. */
  static boolean failed() {
    return System.out.checkError();
  }
}
