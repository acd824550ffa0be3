package rankine.engine.profile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import rankine.engine.run.PromptIds;
import rankine.tokenizer.Tokenizer;

/** The default text. */
final class BuiltInText {
  /** Tokens read, if the context length allows. */
  static final int TOKENS = 256;

  private static final String RESOURCE = "text.txt";

  private BuiltInText() {}

  static int[] ids(Tokenizer tokenizer, int contextLength) {
    int[] ids = PromptIds.of(tokenizer, text());
    return Arrays.copyOf(ids, Math.min(ids.length, Math.min(TOKENS, contextLength)));
  }

  private static String text() {
    try (InputStream in = BuiltInText.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
