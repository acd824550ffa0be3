package rankine.engine.sweep;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import rankine.common.Fault;
import rankine.common.Json;
import rankine.common.JsonKind;
import rankine.common.JsonObject;
import rankine.common.RunException;

/**
 * Reads a cells file line by line. The last line is left out if a crash tore it: if it has no line
 * break, or is no JSON object. Anywhere else such a line is an error.
 */
final class CellsReader {
  /** Bytes of one line; the longest real one, of a squad cell, has about a million. */
  static final int MOST_BYTES = 64 << 20;

  private final Path file;
  private final BiConsumer<String, RunLine> lines;

  /** A line that is no JSON object, and is to be the last. */
  private RunException torn;

  private CellsReader(Path file, BiConsumer<String, RunLine> lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Reads {@code file}.
   *
   * @param lines takes each whole line and where it stands
   * @return how many bytes the whole lines have: the file's size, but for a torn line
   * @throws RunException for a broken line, and a file that cannot be read
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
    long whole = 0;
    int number = 1;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (torn != null) {
        throw torn;
      }
      if (b != '\n') {
        line.write(b);
        if (line.size() > MOST_BYTES) {
          throw new RunException(
              "%s: expected at most %d bytes, found more".formatted(where(number), MOST_BYTES));
        }
        continue;
      }
      if (take(where(number), line.toByteArray())) {
        whole += line.size() + 1L;
      }
      line.reset();
      number++;
    }
    return whole;
  }

  private String where(int number) {
    return file + ": line " + number;
  }

  private boolean take(String where, byte[] line) {
    JsonObject json;
    try {
      json = new Json(where, this::refuse).object(line);
    } catch (RunException e) {
      if (e != torn) {
        throw e;
      }
      return false;
    }
    lines.accept(where, parse(json));
    return true;
  }

  /** What a write that was cut short leaves is no JSON; a fault within JSON is somebody's. */
  private RunException refuse(Fault rule, String message, Throwable cause) {
    RunException refusal = new RunException(message, cause);
    if (rule == Fault.NOT_JSON || rule == Fault.NOT_UTF8 || rule == Fault.WRONG_KIND) {
      torn = refusal;
    }
    return refusal;
  }

  /** Reads one line, without its break. */
  static RunLine parse(String where, byte[] line) {
    return parse(Json.of(where, RunException::new).object(line));
  }

  /**
   * Reads one line.
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
      // What a record refuses by itself does not know where it stands.
      throw e.getMessage().startsWith(json.source())
          ? e
          : new RunException(json.source() + ": " + e.getMessage(), e);
    }
  }
}
