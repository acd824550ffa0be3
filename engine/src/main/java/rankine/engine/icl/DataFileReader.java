package rankine.engine.icl;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import rankine.common.TaskException;
import rankine.common.io.Shown;

/** Reads data files: strict UTF-8, byte order mark skipped, file size and line length bounded. */
final class DataFileReader {

  /** Longest line, in chars. The longest line of the known data sets has tens of thousands. */
  static final int MAX_LINE_CHARS = 1 << 20;

  /** Largest data file, in bytes: all rows are kept in memory. */
  static final long MAX_FILE_BYTES = 256L << 20;

  private DataFileReader() {}

  /** Parses an open data file. */
  interface TextParser<T> {
    T parse(BufferedReader text) throws IOException;
  }

  /**
   * Parses a file's text. Every read error becomes an {@link TaskException} of one line.
   *
   * @param maxLineChars the longest line allowed, in chars
   */
  static <T> T read(Path file, int maxLineChars, TextParser<T> parser) {
    String name = name(file);
    try {
      checkRegular(file, name, "a data file");
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new TaskException(
            "%s: expected at most %d bytes, found %d"
                .formatted(name, MAX_FILE_BYTES, Files.size(file)));
      }
      CharsetDecoder strict = strictDecoder();
      try (InputStream in = Files.newInputStream(file);
          BufferedReader text =
              new BufferedReader(
                  new BoundedLines(name, new InputStreamReader(in, strict), maxLineChars))) {
        text.mark(1);
        if (text.read() != '\uFEFF') {
          text.reset();
        }
        return parser.parse(text);
      }
    } catch (CharacterCodingException e) {
      throw new TaskException(
          "%s:%d: expected UTF-8, found other bytes".formatted(name, firstBadLine(file)), e);
    } catch (IOException e) {
      throw new TaskException("%s: cannot be read: %s".formatted(name, Shown.reason(e)), e);
    }
  }

  /** Refuses what may block forever when it is opened or read, such as a named pipe. */
  static void checkRegular(Path file, String name, String expected) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      throw new TaskException(
          "%s: expected %s, found %s"
              .formatted(name, expected, found.isDirectory() ? "a folder" : "a pipe or a device"));
    }
  }

  /** Returns the file's name with its parent folder: {@code sst2/train.tsv}. */
  static String name(Path file) {
    Path whole = file.toAbsolutePath().normalize();
    int count = whole.getNameCount();
    return count < 2 ? whole.toString() : whole.subpath(count - 2, count).toString();
  }

  private static CharsetDecoder strictDecoder() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /**
   * Returns the line, from 1, of the first byte that is not UTF-8. A reader decodes ahead of the
   * text that it returns, so its position does not give the line: this reads the file again.
   */
  private static int firstBadLine(Path file) {
    CharsetDecoder decoder = strictDecoder();
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    CharBuffer chars = CharBuffer.allocate(1 << 16);
    int line = 1;
    try (InputStream in = Files.newInputStream(file)) {
      boolean end = false;
      while (!end) {
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        end = count < 0;
        bytes.position(bytes.position() + Math.max(0, count)).flip();
        CoderResult result = decoder.decode(bytes, chars, end);
        line += (int) chars.flip().chars().filter(c -> c == '\n').count();
        if (result.isError()) {
          return line;
        }
        chars.clear();
        bytes.compact();
      }
    } catch (IOException e) {
      return line; // The file changed or is gone: the line so far is the best estimate.
    }
    return line;
  }

  /** Fails at a line longer than the limit, before it fills memory. */
  private static final class BoundedLines extends FilterReader {
    private final String name;
    private final int maxLineChars;
    private long length;
    private int line = 1;

    BoundedLines(String name, Reader in, int maxLineChars) {
      super(in);
      this.name = name;
      this.maxLineChars = maxLineChars;
    }

    @Override
    public int read() throws IOException {
      char[] one = new char[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] to, int from, int count) throws IOException {
      int read = super.read(to, from, count);
      for (int i = from; i < from + read; i++) {
        if (to[i] == '\n') {
          line++;
          length = 0;
        } else if (++length > maxLineChars) {
          throw new TaskException(
              "%s:%d: expected a line of at most %d characters, found more"
                  .formatted(name, line, maxLineChars));
        }
      }
      return read;
    }
  }
}
