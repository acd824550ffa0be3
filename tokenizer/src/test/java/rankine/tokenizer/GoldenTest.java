package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.tokenizer.Fixtures.Golden;
import rankine.tokenizer.Fixtures.Source;

/** The ids that several independent implementations agree on, and the way back to the text. */
class GoldenTest {
  static List<Source> sources() {
    return Fixtures.goldenSources();
  }

  @ParameterizedTest
  @MethodSource("sources")
  void idsEqualTheGoldenOnes(Source source) {
    checkIds(source, "golden.jsonl");
  }

  @ParameterizedTest
  @MethodSource("sources")
  void specialTokensInTextAreRecognised(Source source) {
    checkIds(source, "golden_special.jsonl");
  }

  @ParameterizedTest
  @MethodSource("sources")
  void decodingGivesTheTextBack(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    for (Golden golden : Fixtures.golden(source.folder(), "golden.jsonl")) {
      assertEquals(kept(source, golden.text()), tokenizer.decode(golden.idArray()));
    }
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("rankine.tokenizer.Fixtures#sharedSources")
  void llamasOwnFiles(Source source) {
    idsEqualTheGoldenOnes(source);
    specialTokensInTextAreRecognised(source);
    decodingGivesTheTextBack(source);
  }

  private static void checkIds(Source source, String file) {
    Tokenizer tokenizer = Fixtures.load(source);
    for (Golden golden : Fixtures.golden(source.folder(), file)) {
      assertArrayEquals(
          golden.idArray(), tokenizer.encode(golden.text()), () -> "ids of " + golden.text());
    }
  }

  /** What the tokenizer's normalizer keeps of a text. */
  static String kept(Source source, String text) {
    if (source.folder().equals(Fixtures.QWEN3)) {
      return Normalizer.normalize(text, Normalizer.Form.NFC);
    }
    // U+2581 is what SentencePiece writes for a space: as text it comes back as a space.
    return Fixtures.isSentencePiece(source) ? text.replace('\u2581', ' ') : text;
  }
}
