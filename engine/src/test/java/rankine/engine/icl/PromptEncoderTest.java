package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rankine.common.TaskException;
import rankine.engine.replay.Prompt;

class PromptEncoderTest {
  private static final ScoringMethod JOINT = new ScoringMethod.Likelihood();

  private static List<String> texts(WordTokenizer tokenizer, Prompt example) {
    List<String> texts = new ArrayList<>(List.of(tokenizer.decode(example.ids())));
    example.continuations().forEach(ids -> texts.add(tokenizer.decode(ids)));
    return texts;
  }

  @Test
  void scoresAllTokensOfALabel() {
    WordTokenizer tokenizer = WordTokenizer.plain();
    PromptEncoder encoder = new PromptEncoder(tokenizer, JOINT);
    Prompt example = encoder.encode("r", "a b :", List.of(" very good", " bad"));
    assertEquals(List.of("a b :", " very good", " bad"), texts(tokenizer, example));
    assertEquals(2, example.continuations().get(0).length);
    assertEquals(1, example.continuations().get(1).length);
    assertEquals(2, encoder.reserved(example));
    assertEquals(5, encoder.length(example));
  }

  @Test
  void tokenAcrossTheBoundaryBelongsToTheChoice() {
    // ": y" is always one token, so the prompt loses its own last token.
    WordTokenizer tokenizer = WordTokenizer.of(": y|.");
    PromptEncoder encoder = new PromptEncoder(tokenizer, JOINT);
    Prompt example = encoder.encode("r", "ab:", List.of(" yes", " no"));
    assertEquals(List.of("ab", ": yes", ": no"), texts(tokenizer, example));
    assertEquals(3, example.continuations().get(0).length);
  }

  @Test
  void everyChoiceAndThePromptKeepAToken() {
    WordTokenizer tokenizer = WordTokenizer.of(".");
    PromptEncoder encoder = new PromptEncoder(tokenizer, JOINT);
    // One choice is a prefix of the other.
    assertEquals(
        List.of("ab", "c", "cd"), texts(tokenizer, encoder.encode("r", "ab", List.of("c", "cd"))));
    // An empty choice scores the prompt's last token.
    assertEquals(
        List.of("a", "b", "bc"), texts(tokenizer, encoder.encode("r", "ab", List.of("", "c"))));
    WordTokenizer whole = WordTokenizer.of(".+");
    TaskException e =
        assertThrows(
            TaskException.class,
            () -> new PromptEncoder(whole, JOINT).encode("f: row 3", "a", List.of("b", "c")));
    assertEquals(
        "f: row 3: expected prompt and choices to share a token, found that they share none",
        e.getMessage());
  }

  @Test
  void bosIsFirstIfTheTokenizerAddsIt() {
    WordTokenizer tokenizer = WordTokenizer.withBos();
    for (ScoringMethod scoring :
        List.of(JOINT, new ScoringMethod.FirstToken(), new ScoringMethod.Greedy(5, false))) {
      PromptEncoder encoder = new PromptEncoder(tokenizer, scoring);
      Prompt example = encoder.encode("r", "a b", List.of(" x", " y"));
      assertEquals(WordTokenizer.BOS, example.ids()[0]);
      assertEquals("<s>a b", tokenizer.decode(example.ids()));
      assertEquals("bos 0", encoder.bosPolicy());
      example.continuations().forEach(ids -> assertTrue(ids[0] != WordTokenizer.BOS));
    }
    assertEquals("none", new PromptEncoder(WordTokenizer.plain(), JOINT).bosPolicy());
  }

  @Test
  void firstTokenScoresTheFirstIdOfALabelEncodedAlone() {
    WordTokenizer tokenizer = WordTokenizer.plain();
    PromptEncoder encoder = new PromptEncoder(tokenizer, new ScoringMethod.FirstToken());
    List<String> choices = List.of(" very good", " bad");
    Prompt example = encoder.encode("r", "a : ", choices);
    assertEquals(List.of("a : ", " very", " bad"), texts(tokenizer, example));
    assertEquals(1, encoder.reserved(example));
    assertEquals(List.of(), encoder.notes(choices));
  }

  @Test
  void skipsATokenThatPrecedesEveryText() {
    WordTokenizer tokenizer = WordTokenizer.withDummyPrefix();
    PromptEncoder encoder = new PromptEncoder(tokenizer, new ScoringMethod.FirstToken());
    List<String> choices = List.of(" pos", " neg");
    Prompt example = encoder.encode("r", "a", choices);
    assertEquals(List.of("<s>\u2581a", " pos", " neg"), texts(tokenizer, example));
    assertEquals(1, encoder.notes(choices).size());
  }

  @Test
  void notesLabelsWithTheSameFirstId() {
    WordTokenizer tokenizer = WordTokenizer.of("..?");
    PromptEncoder encoder = new PromptEncoder(tokenizer, new ScoringMethod.FirstToken());
    assertEquals(
        List.of("two label words have the same scored id: they always tie, which is an error"),
        encoder.notes(List.of(" yes", " yet", " no")));
  }

  /** Prompt ids plus continuation ids equal the encoding of the whole text. */
  @Test
  void promptAndContinuationAreTheWholeEncoding() {
    Random random = new Random(3);
    for (int round = 0; round < 2000; round++) {
      WordTokenizer tokenizer = WordTokenizer.of("ab|b a|aa|  |.");
      String prompt = "x" + text(random, 8);
      List<String> choices = List.of(text(random, 4), text(random, 4), text(random, 4));
      Prompt example = new PromptEncoder(tokenizer, JOINT).encode("r", prompt, choices);
      for (int i = 0; i < choices.size(); i++) {
        int[] rest = example.continuations().get(i);
        int[] joined = java.util.Arrays.copyOf(example.ids(), example.ids().length + rest.length);
        System.arraycopy(rest, 0, joined, example.ids().length, rest.length);
        assertArrayEquals(tokenizer.encode(prompt + choices.get(i)), joined);
        assertTrue(rest.length > 0);
      }
    }
  }

  private static Prompt split(
      WordTokenizer tokenizer, String query, List<String> given, List<String> choices) {
    return new PromptEncoder(tokenizer, new ScoringMethod.MultipleChoice())
        .encode("f: row 3", tokenizer::encode, query, given, choices);
  }

  @Test
  void whatIsGivenBeforeAChoiceIsReadAndNotScored() {
    WordTokenizer tokenizer = WordTokenizer.plain();
    List<String> same = List.of(" is here", " is here");
    Prompt example = split(tokenizer, "so the", List.of(" cat", " old dog"), same);
    assertEquals(List.of("so the", " cat is here", " old dog is here"), texts(tokenizer, example));
    assertArrayEquals(new int[] {1, 2}, example.given());
  }

  @Test
  void whiteSpaceBeforeAChoiceIsScoredWithIt() {
    WordTokenizer tokenizer = WordTokenizer.of(" ?[a-z:]+| |\n");
    List<String> choices = List.of(" yes", " no");
    Prompt example = split(tokenizer, "ab :\n ", List.of(), choices);
    // Line break and space are common to the choices, and are scored with each of them.
    assertEquals(List.of("ab :", "\n  yes", "\n  no"), texts(tokenizer, example));
    assertArrayEquals(new int[] {0, 0}, example.given());
  }

  @Test
  void contextsShareATokenAndChoicesHaveOne() {
    WordTokenizer tokenizer = WordTokenizer.plain();
    assertEquals(
        "f: row 3: expected contexts that share a token, found that they share none",
        assertThrows(
                TaskException.class,
                () -> split(tokenizer, "", List.of("Ann", "Eve"), List.of(" left", " left")))
            .getMessage());
    assertEquals(
        "f: row 3: choice 2: expected at least one token, found none",
        assertThrows(
                TaskException.class, () -> split(tokenizer, "ab", List.of(), List.of(" left", "")))
            .getMessage());
  }

  /** The ids scored are those of context and choice after as many as the context has alone. */
  @Test
  void scoresWhatFollowsTheContext() {
    Random random = new Random(5);
    for (int round = 0; round < 2000; round++) {
      WordTokenizer tokenizer = WordTokenizer.of("ab|b a|aa|  |.");
      String query = "x" + text(random, 8);
      List<String> given = List.of(text(random, 3), text(random, 3));
      List<String> choices = List.of("c" + text(random, 4), "c" + text(random, 4));
      Prompt example = split(tokenizer, query, given, choices);
      for (int i = 0; i < 2; i++) {
        String context = query + given.get(i);
        int[] whole = tokenizer.encode(context + choices.get(i));
        int[] scored = example.continuations().get(i);
        int from = whole.length - scored.length + example.given()[i];
        assertEquals(tokenizer.encode(context.stripTrailing()).length, from);
        int shared = example.ids().length;
        assertArrayEquals(java.util.Arrays.copyOf(whole, shared), example.ids());
        assertArrayEquals(java.util.Arrays.copyOfRange(whole, shared, whole.length), scored);
        assertTrue(example.given()[i] < scored.length);
      }
    }
  }

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(1, most + 1); i > 0; i--) {
      text.append("ab ".charAt(random.nextInt(3)));
    }
    return text.toString();
  }
}
