package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.tokenizer.Fixtures.Source;

/**
 * A megabyte of what makes naive tokenizers quadratic, counted rather than timed: merge candidates
 * here; looks of the pattern at the text are bounded by {@link Finder.Bounded}, which throws.
 */
class LinearTimeTest {
  private static final int MEGABYTE = 1_000_000;

  private static final List<String> UNITS =
      List.of(
          "a",
          " ",
          "\n",
          "ab",
          "7",
          "!",
          "\u2581",
          "<|endof",
          "<s",
          "'s",
          " a",
          "\u4e2d",
          "\ud83d\ude00\ud83d\udc4d\ud83c\udffd\u200d\u2764\ufe0f",
          "e\u0301",
          "\u0316\u0301");

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (String folder : Fixtures.FOLDERS) {
      UNITS.forEach(unit -> cases.add(Arguments.of(Source.all(folder), unit)));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void workGrowsWithTheLengthOfTheText(Source source, String unit) {
    BpeTokenizer tokenizer = (BpeTokenizer) Fixtures.load(source);
    String half = unit.repeat(MEGABYTE / 2 / unit.length());
    Work one = work(tokenizer, half);
    Work two = work(tokenizer, half + half);
    assertTrue(one.steps <= 3L * one.bytes, () -> one + " for " + unit);
    assertTrue(two.steps <= 2.1 * one.steps + 1000, () -> one + " then " + two + " for " + unit);
    assertEquals(kept(source, half + half), tokenizer.decode(two.ids.toArray()));
  }

  private static String kept(Source source, String text) {
    // In order first: java.text.Normalizer alone would take minutes for a megabyte of marks.
    boolean composed = source.folder().equals(Fixtures.QWEN3);
    return GoldenTest.kept(source, composed ? CombiningMarks.order(text, Form.NFC) : text);
  }

  private record Work(long steps, long bytes, IntList ids) {}

  private static Work work(BpeTokenizer tokenizer, String text) {
    BpeModel.Encoder encoder = tokenizer.model().encoder();
    IntList ids = new IntList();
    tokenizer.encode(text, ids, encoder);
    return new Work(encoder.steps(), 3L * text.length() + 1, ids);
  }
}
