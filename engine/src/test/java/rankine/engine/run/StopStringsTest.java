package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.testdata.TestData;
import rankine.tokenizer.StreamingDecoder;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/** Cutting a stream of chunks before stop strings. */
class StopStringsTest {
  /** Every way to divide the text into two chunks, and character by character, gives one result. */
  @ParameterizedTest
  @CsvSource({
    "one two three, two, 'one '",
    "one two three, four, one two three",
    "one two, two, 'one '",
    "two, two, ''",
    "aaab, aab, a",
    "ababac, abac, ab",
    "xabcy, abcd;bc, xa",
    "xabc, abc;bc, x",
    "the </s> end, </s>;<|im_end|>, 'the '",
    "a\uD83D\uDE00b, \uD83D\uDE00, a",
    "Q: no Q:, Q:;Q: no, ''",
  })
  void cuts(String text, String stops, String expected) {
    List<String> all = List.of(stops.split(";"));
    for (int middle = 0; middle <= text.length(); middle++) {
      StopStrings cut = new StopStrings(all);
      String found = cut.feed(text.substring(0, middle)) + cut.feed(text.substring(middle));
      boolean stopped = cut.found();
      assertEquals(expected, stopped ? found : found + cut.finish());
      assertEquals(text.length() != expected.length(), stopped);
    }
    StopStrings cut = new StopStrings(all);
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      found.append(cut.feed(text.substring(i, i + 1)));
    }
    assertEquals(expected, found.append(cut.finish()).toString());
  }

  @Test
  void holdsBackOnlyWhatMayBecomeAStopString() {
    StopStrings cut = new StopStrings(List.of("stop!", "op?"));
    assertEquals("a ", cut.feed("a sto"));
    assertEquals("", cut.feed("p"));
    assertEquals("stops ", cut.feed("s st"));
    assertEquals("st", cut.finish());
  }

  /** The tokenizer writes U+1F600 as four byte tokens; the text comes when the last one does. */
  @Test
  void findsACharacterOfSeveralTokens() {
    Tokenizer tokenizer = Tokenizers.load(TestData.model("stories260K"));
    int[] ids = tokenizer.encode("a\uD83D\uDE00b");
    assertTrue(ids.length >= 6, ids.length + " ids");
    StreamingDecoder decoder = tokenizer.streamingDecoder();
    StopStrings cut = new StopStrings(List.of("\uD83D\uDE00"));
    StringBuilder found = new StringBuilder();
    for (int id : ids) {
      found.append(cut.feed(decoder.feed(id)));
    }
    assertTrue(cut.found());
    assertEquals("a", found.toString());
  }

  @Test
  void nothingFollowsAStopString() {
    StopStrings cut = new StopStrings(List.of("."));
    assertEquals("a", cut.feed("a.b"));
    assertEquals("", cut.feed("c"));
    assertEquals("", cut.finish());
  }
}
