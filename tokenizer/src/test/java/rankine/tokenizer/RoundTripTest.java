package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.io.Text;
import rankine.tokenizer.Fixtures.Source;

/** Properties of every tokenizer on random Unicode text. */
class RoundTripTest {
  static List<Source> sources() {
    return Fixtures.allSources();
  }

  @ParameterizedTest
  @MethodSource("sources")
  void decodingRestoresTheNormalizedText(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      String text = RandomText.next(random);
      assertEquals(GoldenTest.roundTripped(source, text), tokenizer.decode(tokenizer.encode(text)));
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void aPrefixThatIsEncodedOnceChangesNoIds(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    Random random = new Random(3);
    OptionalInt eos = tokenizer.eosId();
    String special = eos.isPresent() ? tokenizer.piece(eos.getAsInt()) : "</s>";
    List<String> rests = new ArrayList<>(List.of("", " ", "\n", "s", "\u0301", "\uDC00", special));
    rests.add(special.substring(1));
    for (int i = 0; i < 300; i++) {
      String text = RandomText.next(random) + (i % 7 == 0 ? special.substring(0, 1) : "");
      int cut = random.nextInt(text.length() + 1);
      Tokenizer.PrefixEncoder prefix = tokenizer.startingWith(text.substring(0, cut));
      assertArrayEquals(tokenizer.encode(text), prefix.encode(text.substring(cut)), text);
      Tokenizer.PrefixEncoder whole = tokenizer.startingWith(text);
      for (String rest : rests) {
        assertArrayEquals(tokenizer.encode(text + rest), whole.encode(rest), text + rest);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void specialTokensKeepTheirText(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    boolean sentencePiece = Fixtures.isSentencePiece(source);
    String special = sentencePiece ? "</s>" : tokenizer.piece(tokenizer.eosId().orElseThrow());
    // Legacy SentencePiece tokenizers put a space before each segment of text, so decoding has an
    // extra space after a special token.
    String space = sentencePiece ? " " : "";
    assertRoundTrip(tokenizer, special, special);
    assertRoundTrip(tokenizer, "a" + special, "a" + special);
    assertRoundTrip(tokenizer, special + special + space + "b", special + special + "b");
  }

  private static void assertRoundTrip(Tokenizer tokenizer, String decoded, String text) {
    assertEquals(decoded, tokenizer.decode(tokenizer.encode(text)));
  }

  @ParameterizedTest
  @MethodSource("sources")
  void streamedTextEqualsTheDecodedText(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    Random random = new Random(2);
    for (int i = 0; i < 1000; i++) {
      int[] ids = tokenizer.encode(RandomText.next(random));
      StreamingDecoder stream = tokenizer.streamingDecoder();
      StringBuilder streamed = new StringBuilder();
      for (int id : ids) {
        String piece = stream.feed(id);
        assertTrue(Text.isWellFormed(piece), "streamed half a surrogate pair");
        streamed.append(piece);
      }
      assertEquals(tokenizer.decode(ids), streamed.append(stream.finish()).toString());
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void aLoneSurrogateIsEncodedAsTheReplacementCharacter(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    for (String lone : List.of("\uD83D", "\uDE00", "\uDE00\uD83D", "\uD83D\uD83D")) {
      String replaced = "\uFFFD".repeat(lone.length());
      assertArrayEquals(
          tokenizer.encode("a" + replaced + " b"), tokenizer.encode("a" + lone + " b"));
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void everyValidIdDecodesAndOthersThrow(Source source) {
    Tokenizer tokenizer = Fixtures.load(source);
    Random random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      int[] ids = random.ints(1 + random.nextInt(20), 0, tokenizer.vocabSize()).toArray();
      assertTrue(Text.isWellFormed(tokenizer.decode(ids)));
    }
    for (int id : new int[] {-1, tokenizer.vocabSize(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(new int[] {id}));
      assertThrows(IllegalArgumentException.class, () -> tokenizer.streamingDecoder().feed(id));
    }
    assertEquals("", tokenizer.decode(new int[0]));
    assertArrayEquals(new int[0], tokenizer.encode(""));
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("rankine.tokenizer.Fixtures#sharedSources")
  void originalLlamaFiles(Source source) {
    decodingRestoresTheNormalizedText(source);
    specialTokensKeepTheirText(source);
    streamedTextEqualsTheDecodedText(source);
    aLoneSurrogateIsEncodedAsTheReplacementCharacter(source);
    everyValidIdDecodesAndOthersThrow(source);
  }
}
