package rankine.common.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import rankine.common.TaskException;

/**
 * A whole text in memory, as it is: a byte order mark is part of it.
 *
 * @param name of the file, as given
 * @param bytes of the file
 * @param sha256 of the bytes
 */
public record TextFile(String name, String text, long bytes, String sha256) {
  private static final long MAX_BYTES = 1L << 29;

  /**
   * Reads a UTF-8 file.
   *
   * @throws TaskException if it cannot be read, is no regular file, is not UTF-8, or is larger than
   *     512 MiB
   */
  public static TextFile read(Path file) {
    String name = Shown.path(file);
    byte[] bytes;
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new TaskException(
            "%s: expected a text file, found %s"
                .formatted(name, Files.isDirectory(file) ? "a folder" : "a pipe or a device"));
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new TaskException(
            "%s: expected at most %d bytes, found %d".formatted(name, MAX_BYTES, Files.size(file)));
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TaskException("%s: cannot be read: %s".formatted(name, Shown.reason(e)), e);
    }
    return new TextFile(name, decode(name, bytes), bytes.length, Sha256.hex(bytes));
  }

  /**
   * Returns UTF-8 as text.
   *
   * @param name of what holds the bytes, for the message
   * @throws TaskException for bytes that are not UTF-8
   */
  public static String decode(String name, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new TaskException(name + ": expected UTF-8, found other bytes", e);
    }
  }
}
