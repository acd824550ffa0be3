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
 * Long runs of what makes naive tokenizers quadratic, counted rather than timed: merge candidates
 * here; looks of the pattern at the text are bounded by {@link PatternFinder.Bounded}, which
 * throws.
 */
class LinearTimeTest {
  /** In UTF-16 units: long enough that a quadratic step would be 60,000 times the linear one. */
  private static final int QUARTER = 60_000;

  private static final List<String> UNITS =
      List.of(
          "a",
          " ",
          "\n",
          "ab",
          "'s",
          "\u2581",
          "\u4e2d",
          "<|endof",
          "\ud83d\ude00\ud83d\udc4d\ud83c\udffd\u200d\u2764\ufe0f",
          "\u0316\u0301");

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (String folder : Fixtures.GOLDEN_FOLDERS) {
      UNITS.forEach(unit -> cases.add(Arguments.of(Source.all(folder), unit)));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void workGrowsWithTheLengthOfTheText(Source source, String unit) {
    BpeTokenizer tokenizer = (BpeTokenizer) Fixtures.load(source);
    String quarter = unit.repeat(QUARTER / unit.length());
    String whole = quarter.repeat(4);
    long few = work(tokenizer, quarter, new IntList());
    IntList ids = new IntList();
    long many = work(tokenizer, whole, ids);
    // A character is at most four bytes, a symbol each, and a symbol at most three candidates.
    assertTrue(many <= 3L * 4 * whole.length(), () -> many + " steps for " + unit);
    assertTrue(many <= 4.2 * few + 1000, () -> few + " steps, then " + many + " for " + unit);
    assertEquals(kept(source, whole), tokenizer.decode(ids.toArray()));
  }

  private static String kept(Source source, String text) {
    // In order first: java.text.Normalizer alone would take minutes for so many marks.
    boolean composed = source.folder().equals(Fixtures.QWEN3);
    return GoldenTest.kept(source, composed ? CombiningMarks.order(text, Form.NFC) : text);
  }

  private static long work(BpeTokenizer tokenizer, String text, IntList ids) {
    BpeModel.BpeEncoder encoder = tokenizer.model().encoder();
    tokenizer.encode(text, ids, encoder);
    return encoder.steps();
  }
}
