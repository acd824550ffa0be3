package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.TokenizerException;
import rankine.tokenizer.Fixtures.Source;

/**
 * A corrupt file either loads or throws a {@link TokenizerException}, one line that names a file.
 */
class TokenizerFuzzTest {
  @TempDir Path folder;

  static List<Source> sources() {
    return List.of(
        new Source(Fixtures.DEMO, List.of("tokenizer.json")),
        new Source(Fixtures.STORIES, List.of("tokenizer.json", "tokenizer_config.json")),
        new Source(Fixtures.STORIES, List.of("tokenizer_config.json", "tokenizer.json")),
        new Source(Fixtures.STORIES, List.of("tokenizer.model")),
        new Source(Fixtures.DEMO, List.of("merges.txt", "vocab.json")),
        new Source(Fixtures.DEMO, List.of("vocab.json", "merges.txt")));
  }

  /** Corrupts the first of the files; the others stay intact. */
  @ParameterizedTest
  @MethodSource("sources")
  void truncatedAndMutatedFilesLoadOrThrowTokenizerException(Source source) throws IOException {
    for (String file : source.files()) {
      Files.write(folder.resolve(file), original(source, file));
    }
    String name = source.files().getFirst();
    byte[] intact = original(source, name);
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 75; i++) {
      refused += tryLoad(name, Arrays.copyOf(intact, random.nextInt(intact.length))) ? 0 : 1;
    }
    assertTrue(refused > 72, refused + " of 75 truncated files were refused");
    refused = 0;
    for (int i = 0; i < 175; i++) {
      refused += tryLoad(name, mutated(intact, random)) ? 0 : 1;
    }
    assertTrue(refused > 50, refused + " of 175 mutated files were refused");
  }

  private static byte[] original(Source source, String file) throws IOException {
    return Files.readAllBytes(Fixtures.folder(source.folder()).resolve(file));
  }

  private boolean tryLoad(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
    try {
      Tokenizer tokenizer = Tokenizers.load(folder);
      tokenizer.decode(tokenizer.encode("Hello <s> \ud83d\ude00\n"));
      return true;
    } catch (TokenizerException e) {
      ErrorMessages.check(e, folder.toString());
      return false;
    }
  }

  private static byte[] mutated(byte[] intact, Random random) {
    byte[] bytes = intact.clone();
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(5)) {
      case 0 -> bytes[at] = (byte) random.nextInt(256);
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        byte[] punctuation = "{}[]\",:0-\\ue".getBytes(StandardCharsets.US_ASCII);
        bytes[at] = punctuation[random.nextInt(punctuation.length)];
      }
      case 3 -> { // delete a range
        int end = Math.min(bytes.length, at + 1 + random.nextInt(20));
        byte[] rest = Arrays.copyOfRange(bytes, end, bytes.length);
        bytes = Arrays.copyOf(bytes, at + rest.length);
        System.arraycopy(rest, 0, bytes, at, rest.length);
      }
      default -> { // copy a range elsewhere
        int length = Math.min(bytes.length - at, 1 + random.nextInt(40));
        System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length), length);
      }
    }
    return bytes;
  }
}
