package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rankine.engine.lowrank.PruningRate;

/**
 * Choices from hand-made outcomes. Where k examples are lost and none gained, McNemar's exact p and
 * the sign-flip p are 2/2^k.
 */
class RateRuleTest {
  private static final int EXAMPLES = 20;

  private final NavigableMap<PruningRate, List<EvaluationRecord>> validation = new TreeMap<>();
  private final List<Long> seeds = new ArrayList<>(List.of(0L));

  /** Adds a rate that answers the first {@code correct} examples, one count per seed. */
  private void task(String rate, int... correct) {
    validation.put(PruningRate.parse(rate), answers(correct));
  }

  private List<EvaluationRecord> answers(int... correct) {
    List<EvaluationRecord> records = new ArrayList<>();
    for (int count : correct) {
      ObjectNode result = node().put("n", EXAMPLES).put("correct", count);
      String outcomes = "1".repeat(count) + "0".repeat(EXAMPLES - count);
      records.add(new TaskRecord(result, outcomes, List.of(), "e", "p", node()));
    }
    return records;
  }

  /** Adds a rate on a text of windows of one token. */
  private void text(String rate, double... nll) {
    List<Double> windows = new ArrayList<>();
    double sum = 0;
    for (double value : nll) {
      windows.add(value);
      sum += value;
    }
    ObjectNode result = node().put("scored", nll.length).put("sum_nll", sum);
    result.putObject("interval").put("method", "bootstrap").put("level", 0.95);
    result.withObject("interval").put("lower", 1).put("upper", 9);
    List<Integer> scored = windows.stream().map(_ -> 1).toList();
    validation.put(
        PruningRate.parse(rate), List.of(new TextRecord(result, windows, scored, "p", node())));
  }

  private static ObjectNode node() {
    return JsonNodeFactory.instance.objectNode();
  }

  private void chooses(String best, String smallest, String largest) {
    assertEquals(PruningRate.parse(best), choice(RateRule.BEST));
    assertEquals(PruningRate.parse(smallest), choice(RateRule.SMALLEST));
    assertEquals(PruningRate.parse(largest), choice(RateRule.LARGEST_NOT_WORSE));
  }

  private PruningRate choice(RateRule rule) {
    List<PruningRate> rates = List.copyOf(validation.keySet());
    return rates.get(rule.choose(seeds, rates, List.copyOf(validation.values())));
  }

  /** Two methods at each ratio: the rule decides on the ratio, the score on the method. */
  @Test
  void ofOneRateTheBestCandidateIsChosen() {
    List<PruningRate> rates =
        Stream.of("0", "0.2", "0.2", "0.4", "0.4").map(PruningRate::parse).toList();
    List<List<EvaluationRecord>> candidates =
        Stream.of(16, 14, 17, 14, 15).map(this::answers).toList();
    assertEquals(2, RateRule.BEST.choose(seeds, rates, candidates));
    assertEquals(0, RateRule.SMALLEST.choose(seeds, rates, candidates));
    assertEquals(4, RateRule.LARGEST_NOT_WORSE.choose(seeds, rates, candidates));
  }

  /** 0.9 loses 6 examples: p = 1/32 alone, but 3/32 after 0.95 among four tests. */
  @Test
  void eachRuleChoosesAnotherRate() {
    task("0", 14);
    task("0.5", 16);
    task("0.75", 16);
    task("0.9", 8);
    task("0.95", 2);
    chooses("0.5", "0", "0.9");
  }

  /** The same 6 lost examples are significant where no other test corrects their p-value. */
  @Test
  void aSingleTestIsNotCorrected() {
    task("0", 14);
    task("0.9", 8);
    chooses("0", "0", "0");
    task("0.9", 9); // p = 1/16
    chooses("0", "0", "0.9");
  }

  /** 0 and 0.1 are 14 examples below the best, 0.5 two; 0.95 is significantly better than 0. */
  @Test
  void significantGains() {
    task("0", 4);
    task("0.1", 4);
    task("0.5", 16);
    task("0.75", 18);
    task("0.95", 17);
    chooses("0.75", "0.5", "0.95");
    task("0.99", 0); // p = 1/8
    chooses("0.75", "0.5", "0.99");
  }

  /** The mean of 0.5 is highest, but its second seed loses 12 examples. */
  @Test
  void oneSeedIsEnoughForWorse() {
    seeds.add(7L);
    task("0", 2, 14);
    task("0.5", 20, 2);
    chooses("0.5", "0.5", "0");
    task("0.5", 14, 10); // 4 lost: p = 1/8
    chooses("0.5", "0.5", "0.5");
  }

  /** 0.5 is lower in all ten windows: p = 1/512. 0.9 is lower by more, in two of them: p = 1/2. */
  @Test
  void textsAreComparedByWindows() {
    text("0", 2, 2, 2, 2, 2, 2, 2, 2, 2, 2);
    text("0.5", 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1);
    chooses("0", "0", "0");
    text("0.9", 4, 3, 2, 2, 2, 2, 2, 2, 2, 2);
    chooses("0", "0", "0.9");
    text("0.1", 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9);
    chooses("0.1", "0.1", "0.9");
  }
}
