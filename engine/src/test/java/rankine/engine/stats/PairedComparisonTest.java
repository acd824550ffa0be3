package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class PairedComparisonTest {

  @Test
  void countsAndTests() {
    // Correct: both 4, only the first 1, only the second 7, neither 3.
    List<ExampleOutcome> first = new ArrayList<>();
    List<ExampleOutcome> second = new ArrayList<>();
    add(first, second, 4, true, true);
    add(first, second, 1, true, false);
    add(first, second, 7, false, true);
    add(first, second, 3, false, false);
    PairedComparison comparison = PairedComparison.of(first, second, 3);
    assertEquals(15, comparison.n());
    assertEquals(4, comparison.bothCorrect());
    assertEquals(1, comparison.onlyFirst());
    assertEquals(7, comparison.onlySecond());
    assertEquals(3, comparison.neither());
    assertEquals(5 / 15.0, comparison.firstAccuracy());
    assertEquals(11 / 15.0, comparison.secondAccuracy());
    assertEquals(6 / 15.0, comparison.difference());
    assertEquals(McNemar.of(1, 7), comparison.mcNemar());
    assertEquals(PairedBootstrap.DEFAULT_RESAMPLES, comparison.accuracy().resamples());
    assertTrue(comparison.score().isEmpty());
  }

  private static void add(
      List<ExampleOutcome> first,
      List<ExampleOutcome> second,
      int times,
      boolean one,
      boolean other) {
    for (int i = 0; i < times; i++) {
      String name = "val.jsonl: row " + first.size();
      first.add(ExampleOutcome.of(name, one));
      second.add(ExampleOutcome.of(name, other));
    }
  }

  /** Random runs, some all correct, all incorrect or equal: the numbers are consistent. */
  @Test
  void allNumbersAreFiniteAndConsistent() throws JsonProcessingException {
    Random random = new Random(13);
    for (int round = 0; round < 200; round++) {
      int n = 1 + random.nextInt(30);
      double firstShare = random.nextInt(5) / 4.0;
      double secondShare = random.nextInt(5) / 4.0;
      boolean scored = random.nextBoolean();
      List<ExampleOutcome> first = new ArrayList<>();
      List<ExampleOutcome> second = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        first.add(outcome(random, i, firstShare, scored));
        second.add(outcome(random, i, secondShare, scored));
      }
      PairedComparison comparison = PairedComparison.of(first, second, 100, round);
      assertEquals(count(first), comparison.bothCorrect() + comparison.onlyFirst());
      assertEquals(count(second), comparison.bothCorrect() + comparison.onlySecond());
      assertEquals(
          n,
          comparison.bothCorrect()
              + comparison.onlyFirst()
              + comparison.onlySecond()
              + comparison.neither());
      assertEquals((double) (count(second) - count(first)) / n, comparison.difference());
      assertEquals(scored, comparison.score().isPresent());
      String text = comparison.toJson().toString();
      assertFalse(
          text.contains("NaN") || text.contains("Infinity") || text.contains("-0.0,"), text);
      JsonNode json = new ObjectMapper().readTree(text);
      assertEquals(text, json.toString());
      assertEquals(scored, json.has("score_bootstrap"));
    }
  }

  private static ExampleOutcome outcome(Random random, int i, double share, boolean scored) {
    boolean correct = random.nextDouble() < share;
    return scored
        ? ExampleOutcome.of("row " + i, correct, correct ? 1 : random.nextDouble())
        : ExampleOutcome.of("row " + i, correct);
  }

  private static int count(List<ExampleOutcome> run) {
    return (int) run.stream().filter(ExampleOutcome::correct).count();
  }

  @Test
  void json() {
    List<ExampleOutcome> first =
        List.of(ExampleOutcome.of("a", true, 1), ExampleOutcome.of("b", true, 1));
    List<ExampleOutcome> second =
        List.of(ExampleOutcome.of("a", false, 0.5), ExampleOutcome.of("b", false, 0.5));
    String bootstrap =
        "{\"n\":2,\"difference\":%1$s,\"interval\":{\"method\":\"percentile\",\"level\":0.95,"
            + "\"lower\":%1$s,\"upper\":%1$s},\"resamples\":50,\"seed\":1}";
    assertEquals(
        "{\"n\":2,\"both_correct\":0,\"only_first_correct\":2,\"only_second_correct\":0,"
            + "\"neither_correct\":0,\"first_accuracy\":1.0,\"second_accuracy\":0.0,"
            + "\"difference\":-1.0,\"mcnemar\":"
            + McNemar.of(2, 0).toJson()
            + ",\"bootstrap\":"
            + bootstrap.formatted("-1.0")
            + ",\"score_bootstrap\":"
            + bootstrap.formatted("-0.5")
            + "}",
        PairedComparison.of(first, second, 50, 1).toJson().toString());
  }

  @Test
  void rejectsInvalidInput() {
    ExampleOutcome a = ExampleOutcome.of("val.jsonl: row 0", true);
    ExampleOutcome b = ExampleOutcome.of("val.jsonl: row 1", false);
    rejects("expected at least one example, found none", List.of(), List.of());
    rejects("in the second run as in the first, 2, found 1", List.of(a, b), List.of(a));
    rejects(
        "example 1 of the second run: expected 'val.jsonl: row 1' as in the first, "
            + "found 'val.jsonl: row 0'",
        List.of(a, b),
        List.of(a, a));
    rejects(
        "example 1: expected each example once, found 'val.jsonl: row 0' again",
        List.of(a, a),
        List.of(a, a));
    ExampleOutcome scored = ExampleOutcome.of(b.example(), true, 0.5);
    rejects(
        "example 'val.jsonl: row 1': expected a score for all", List.of(a, b), List.of(a, scored));
    ExampleOutcome infinite = ExampleOutcome.of("x", true, Double.NaN);
    rejects("example 0: expected finite scores", List.of(infinite), List.of(infinite));
    rejects("'two lines'", List.of(a), List.of(ExampleOutcome.of("two\nlines", true)));
  }

  private static void rejects(
      String expected, List<ExampleOutcome> first, List<ExampleOutcome> second) {
    String message =
        assertThrows(RunException.class, () -> PairedComparison.of(first, second, 100, 1))
            .getMessage();
    assertTrue(message.contains(expected), message);
    assertEquals(1, message.lines().count());
  }
}
