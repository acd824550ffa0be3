package rankine.engine.sweep;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import rankine.common.Fault;
import rankine.common.RunException;
import rankine.common.io.Json;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;

/**
 * Reads a cells file line by line. Skips a last line that a crash tore: one without a line break,
 * or that is no JSON object. Anywhere else such a line is an error.
 */
final class CellsReader {
  /** Maximum bytes of one line; the longest real one, of a squad cell, has about a million. */
  static final int MAX_BYTES = 64 << 20;

  private final Path file;
  private final BiConsumer<String, RunLine> lines;

  /** A line that is no JSON object, valid only as the last. */
  private RunException torn;

  private CellsReader(Path file, BiConsumer<String, RunLine> lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Reads {@code file}.
   *
   * @param lines receives each complete line and its location
   * @return bytes of the complete lines: the file's size, less a torn line
   * @throws RunException for a malformed line, and a file that cannot be read
   */
  static long read(Path file, BiConsumer<String, RunLine> lines) {
    if (!Files.isRegularFile(file)) {
      throw new RunException(file + ": expected a regular file, found something else");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return new CellsReader(file, lines).read(in);
    } catch (IOException e) {
      throw RunFiles.failed(file, "cannot be read", e);
    }
  }

  private long read(InputStream in) throws IOException {
    long completeBytes = 0;
    int number = 1;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (torn != null) {
        throw torn;
      }
      if (b != '\n') {
        line.write(b);
        if (line.size() > MAX_BYTES) {
          throw new RunException(
              "%s: expected at most %d bytes, found more".formatted(location(number), MAX_BYTES));
        }
        continue;
      }
      if (accept(location(number), line.toByteArray())) {
        completeBytes += line.size() + 1L;
      }
      line.reset();
      number++;
    }
    return completeBytes;
  }

  private String location(int number) {
    return file + ": line " + number;
  }

  /** Passes a complete line on; returns whether it was one. */
  private boolean accept(String location, byte[] line) {
    JsonObject json;
    try {
      json = new Json(location, this::refuse).object(line);
    } catch (RunException e) {
      if (e != torn) {
        throw e;
      }
      return false;
    }
    lines.accept(location, parse(json));
    return true;
  }

  /** A torn write leaves malformed JSON; any other fault is an error of the file. */
  private RunException refuse(Fault rule, String message, Throwable cause) {
    RunException refusal = new RunException(message, cause);
    if (rule == Fault.NOT_JSON || rule == Fault.NOT_UTF8 || rule == Fault.WRONG_KIND) {
      torn = refusal;
    }
    return refusal;
  }

  /** Parses one line, without its line break. */
  static RunLine parse(String location, byte[] line) {
    return parse(Json.of(location, RunException::new).object(line));
  }

  /**
   * Parses one line.
   *
   * @throws RunException for a key that is missing, unknown or of another kind, and for figures
   *     that contradict each other
   */
  private static RunLine parse(JsonObject json) {
    try {
      return switch (json.get(
          "kind", JsonKind.oneOf(RunLine.LineKind.values(), RunLine.LineKind::label))) {
        case BEGIN -> ShardStart.of(json);
        case CELL -> Cell.of(json);
        case SPECTRUM -> SpectrumLine.of(json);
      };
    } catch (RunException e) {
      // An exception from a record's own checks does not name the line.
      throw e.getMessage().startsWith(json.source())
          ? e
          : new RunException(json.source() + ": " + e.getMessage(), e);
    }
  }
}
