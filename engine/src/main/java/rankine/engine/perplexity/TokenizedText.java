package rankine.engine.perplexity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringTokenizer;
import java.util.stream.Collectors;
import rankine.common.TaskException;
import rankine.common.io.Sha256;
import rankine.common.io.Shown;
import rankine.engine.run.PromptIds;
import rankine.tokenizer.Tokenizer;

/**
 * A text as one stream of ids: encoded once, BOS first if the tokenizer's configuration adds it.
 *
 * @param name of the file, as given
 * @param ids at least one
 * @param bytes of the text in UTF-8
 * @param words separated by white space
 * @param sha256 of the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Ids go straight to the scorer and are never compared.
public record TokenizedText(String name, int[] ids, long bytes, long words, String sha256) {
  /** The whole text is one string while it is encoded. */
  private static final long MAX_BYTES = 1L << 29;

  private static final String WHITE_SPACE = " \t\n\r\f\u000b";

  /**
   * Reads and encodes a UTF-8 file, as it is: a byte order mark is part of the text.
   *
   * @throws TaskException if it cannot be read, is no regular file, is not UTF-8, or is larger than
   *     512 MiB
   */
  public static TokenizedText of(Path file, Tokenizer tokenizer) {
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
    String text = decode(name, bytes);
    return new TokenizedText(
        name,
        PromptIds.of(tokenizer, text),
        bytes.length,
        new StringTokenizer(text, WHITE_SPACE).countTokens(),
        Sha256.hex(bytes));
  }

  private static String decode(String name, byte[] bytes) {
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

  /** Returns the SHA-256 of the decimal ids, joined by commas. */
  String idsHash() {
    return Sha256.hex(
        Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(",")));
  }
}
