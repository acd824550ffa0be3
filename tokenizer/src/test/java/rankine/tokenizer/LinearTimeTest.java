package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.TokenizerException;
import rankine.tokenizer.Fixtures.Source;

/**
 * Long runs of the units that make naive tokenizers quadratic. Counts merge candidates instead of
 * time; {@link rankine.common.io.ReadLimitedText} bounds the reads of the split pattern, by
 * throwing.
 */
class LinearTimeTest {
  /** In UTF-16 units; a quadratic step would take 20,000 times the work of a linear one. */
  private static final int QUARTER = 20_000;

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
    return cases(Fixtures.GOLDEN_FOLDERS);
  }

  static List<Arguments> sharedCases() {
    return cases(List.of(Fixtures.LLAMA2, Fixtures.LLAMA3));
  }

  private static List<Arguments> cases(List<String> folders) {
    List<Arguments> cases = new ArrayList<>();
    for (String folder : folders) {
      UNITS.forEach(unit -> cases.add(Arguments.of(Source.all(folder), unit)));
    }
    return cases;
  }

  /** "Aa" and "BB" have one hash, and so have all texts of as many of them. */
  @Test
  void piecesWithOneHashAreRefused() {
    Vocabulary vocabulary = new Vocabulary("f.json", "vocab");
    int pairs = 11;
    TokenizerException e =
        assertThrows(
            TokenizerException.class,
            () -> {
              for (int id = 0; id < 1 << pairs; id++) {
                StringBuilder piece = new StringBuilder();
                for (int bit = 0; bit < pairs; bit++) {
                  piece.append((id >> bit & 1) == 0 ? "Aa" : "BB");
                }
                vocabulary.add(piece.toString(), id);
              }
            });
    ErrorMessages.check(
        e, "f.json: vocab[", "expected pieces whose hashes differ, found more than");
    assertEquals(Vocabulary.MAX_PROBES + 1, vocabulary.count());
    String last = vocabulary.piece(Vocabulary.MAX_PROBES);
    assertEquals(Vocabulary.MAX_PROBES, vocabulary.id(last.toCharArray(), 0, last.length()));
    char[] absent = "AaBB".repeat(6).substring(2).toCharArray();
    assertThrows(TokenizerException.class, () -> vocabulary.id(absent, 0, absent.length));
  }

  /** Pairs that the multiplicative hash of a table of 2^14 slots puts into the first one. */
  @Test
  void mergesWithOneHashAreRefused() {
    MergeTable merges = new MergeTable("f.json", 1 << 12);
    TokenizerException e =
        assertThrows(
            TokenizerException.class,
            () -> {
              for (long pair = 0; pair < Integer.MAX_VALUE; pair++) {
                if ((pair * 0x9E3779B97F4A7C15L) >>> 50 == 0) {
                  merges.put(0, (int) pair, 0, 0);
                }
              }
            });
    ErrorMessages.check(
        e, "f.json: merges: ", "expected pairs whose hashes differ, found more than");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void mergeStepsGrowLinearly(Source source, String unit) {
    BpeTokenizer tokenizer = (BpeTokenizer) Fixtures.load(source);
    String quarter = unit.repeat(QUARTER / unit.length());
    String whole = quarter.repeat(4);
    long quarterSteps = mergeSteps(tokenizer, quarter, new IntList());
    IntList ids = new IntList();
    long wholeSteps = mergeSteps(tokenizer, whole, ids);
    // A character has at most four bytes (symbols); a symbol yields at most three candidates.
    assertTrue(wholeSteps <= 3L * 4 * whole.length(), () -> wholeSteps + " steps for " + unit);
    assertTrue(
        wholeSteps <= 4.2 * quarterSteps + 1000,
        () -> quarterSteps + " steps, then " + wholeSteps + " for " + unit);
    assertEquals(roundTripped(source, whole), tokenizer.decode(ids.toArray()));
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("sharedCases")
  void originalLlamaFiles(Source source, String unit) {
    mergeStepsGrowLinearly(source, unit);
  }

  private static String roundTripped(Source source, String text) {
    // Sort first: java.text.Normalizer alone would take minutes for this number of marks.
    boolean nfc = source.folder().equals(Fixtures.QWEN3);
    return GoldenTest.roundTripped(source, nfc ? CombiningMarks.sortMarks(text, Form.NFC) : text);
  }

  private static long mergeSteps(BpeTokenizer tokenizer, String text, IntList ids) {
    BpeModel.BpeEncoder encoder = tokenizer.model().encoder();
    tokenizer.encode(text, ids, encoder);
    return encoder.candidatesPopped();
  }
}
