package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.tokenizer.Fixtures.GoldenEncoding;
import rankine.tokenizer.Fixtures.Source;

/** Ids on which several independent implementations agree, and decoding back to the text. */
class GoldenTest {
  static List<Source> sources() {
    return Fixtures.goldenSources();
  }

  @ParameterizedTest
  @MethodSource("sources")
  void idsEqualTheGoldenIds(Source source) {
    checkIds(source, "golden.jsonl");
  }

  @ParameterizedTest
  @MethodSource("sources")
  void specialTokensInTextAreRecognised(Source source) {
    checkIds(source, "golden_special.jsonl");
  }

  @ParameterizedTest
  @MethodSource("sources")
  void decodingRestoresTheText(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    for (GoldenEncoding golden : Fixtures.golden(source.folder(), "golden.jsonl")) {
      assertEquals(roundTripped(source, golden.text()), tokenizer.decode(golden.idArray()));
    }
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("rankine.tokenizer.Fixtures#sharedSources")
  void originalLlamaFiles(Source source) {
    idsEqualTheGoldenIds(source);
    specialTokensInTextAreRecognised(source);
    decodingRestoresTheText(source);
  }

  private static void checkIds(Source source, String file) {
    Tokenizer tokenizer = Fixtures.load(source);
    for (GoldenEncoding golden : Fixtures.golden(source.folder(), file)) {
      assertArrayEquals(
          golden.idArray(), tokenizer.encode(golden.text()), () -> "ids of " + golden.text());
    }
  }

  /** The text that decoding its ids must return: the normalized text. */
  static String roundTripped(Source source, String text) {
    if (source.folder().equals(Fixtures.QWEN3)) {
      return Normalizer.normalize(text, Normalizer.Form.NFC);
    }
    // SentencePiece encodes a space as U+2581, so U+2581 in text decodes to a space.
    return Fixtures.isSentencePiece(source) ? text.replace('\u2581', ' ') : text;
  }
}
