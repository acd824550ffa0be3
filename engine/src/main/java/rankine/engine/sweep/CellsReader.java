package rankine.engine.sweep;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import rankine.common.RunException;

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
  private JsonText.Malformed torn;

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
        throw new RunException(location(number - 1) + ": " + torn.getMessage());
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

  private boolean accept(String location, byte[] line) {
    try {
      lines.accept(location, parse(location, line));
      return true;
    } catch (JsonText.Malformed e) {
      torn = e;
      return false;
    }
  }

  /**
   * Parses one line.
   *
   * @param line without its line break
   * @throws JsonText.Malformed if it is no JSON object
   * @throws RunException for a key that is missing, unknown or of another type, and for
   *     contradictory counts
   */
  static RunLine parse(String location, byte[] line) throws JsonText.Malformed {
    Fields json = Fields.parse(location, line);
    try {
      return switch (json.oneOf("kind", RunLine.LineKind.values(), RunLine.LineKind::label)) {
        case BEGIN -> ShardStart.of(json);
        case CELL -> Cell.of(json);
        case SPECTRUM -> SpectrumLine.of(json);
      };
    } catch (RunException e) {
      // The records' own checks do not know the location.
      throw e.getMessage().startsWith(location)
          ? e
          : new RunException(location + ": " + e.getMessage(), e);
    }
  }
}
