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
import rankine.common.Shown;
import rankine.common.TaskException;

/** Opens data files: strict UTF-8, without a byte order mark, of a bounded size and line length. */
final class DataFileReader {

  /** The longest line, in chars. The longest of the known data sets has some tens of thousands. */
  static final int LONGEST_LINE = 1 << 20;

  /** The largest data file, in bytes: rows are held in memory. */
  static final long LARGEST_FILE = 256L << 20;

  private DataFileReader() {}

  /** What is done with an open data file. */
  interface FileUse<T> {
    T with(BufferedReader text) throws IOException;
  }

  /**
   * Gives {@code use} the file's text, and turns every fault of reading it into an {@link
   * TaskException} of one line.
   *
   * @param longestLine in chars
   */
  static <T> T read(Path file, int longestLine, FileUse<T> use) {
    String name = name(file);
    try {
      if (Files.isDirectory(file)) {
        throw new TaskException(name + ": expected a data file, found a folder");
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw new TaskException(
            "%s: expected at most %d bytes, found %d"
                .formatted(name, LARGEST_FILE, Files.size(file)));
      }
      CharsetDecoder strict = strictDecoder();
      try (InputStream in = Files.newInputStream(file);
          BufferedReader text =
              new BufferedReader(
                  new BoundedLines(name, new InputStreamReader(in, strict), longestLine))) {
        text.mark(1);
        if (text.read() != '\uFEFF') {
          text.reset();
        }
        return use.with(text);
      }
    } catch (CharacterCodingException e) {
      throw new TaskException(
          "%s:%d: expected UTF-8, found other bytes".formatted(name, firstBadLine(file)), e);
    } catch (IOException e) {
      throw new TaskException("%s: cannot be read: %s".formatted(name, Shown.reason(e)), e);
    }
  }

  /** The file's name with the folder that holds it: {@code sst2/train.tsv}. */
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
   * The line, from 1, of the first byte that is not UTF-8. A reader decodes ahead of what it hands
   * out, so the place has to be looked for.
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
      return line; // The file changed or went away: the line so far is the best there is.
    }
    return line;
  }

  /** Ends reading at a line that is too long to be one, before it fills the memory. */
  private static final class BoundedLines extends FilterReader {
    private final String name;
    private final int longest;
    private long length;
    private int line = 1;

    BoundedLines(String name, Reader in, int longest) {
      super(in);
      this.name = name;
      this.longest = longest;
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
        } else if (++length > longest) {
          throw new TaskException(
              "%s:%d: expected a line of at most %d characters, found more"
                  .formatted(name, line, longest));
        }
      }
      return read;
    }
  }
}
