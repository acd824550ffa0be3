package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.common.RunException;

/**
 * A paired comparison of two runs on the same examples. The first is the baseline, such as the
 * unpruned model; differences are the second minus the first.
 *
 * @param bothCorrect number of examples that both runs predict correctly
 * @param onlyFirst number that only the first predicts correctly
 * @param onlySecond number that only the second predicts correctly
 * @param neither number that neither predicts correctly
 * @param mcNemar the test of equal accuracy
 * @param accuracy bootstrap of the difference in accuracy
 * @param score bootstrap of the difference in mean score, if outcomes have a score
 */
public record PairedComparison(
    int bothCorrect,
    int onlyFirst,
    int onlySecond,
    int neither,
    McNemar mcNemar,
    PairedBootstrap accuracy,
    Optional<PairedBootstrap> score)
    implements RunComparison {

  /** Compares two runs with {@value PairedBootstrap#DEFAULT_RESAMPLES} resamples. */
  public static PairedComparison of(
      List<ExampleOutcome> first, List<ExampleOutcome> second, long seed) {
    return of(first, second, PairedBootstrap.DEFAULT_RESAMPLES, seed);
  }

  /**
   * Tests whether two runs on the same examples have equal accuracy, without a bootstrap.
   *
   * @throws RunException if there are no outcomes, the examples or their order differ, or an
   *     example occurs twice
   */
  public static McNemar mcNemar(List<ExampleOutcome> first, List<ExampleOutcome> second) {
    requireSameExamples(first, second);
    int[][] table = table(first, second);
    return McNemar.of(table[1][0], table[0][1]);
  }

  /** Counts examples by the first run's outcome, then the second's: 0 incorrect, 1 correct. */
  private static int[][] table(List<ExampleOutcome> first, List<ExampleOutcome> second) {
    int[][] table = new int[2][2];
    for (int i = 0; i < first.size(); i++) {
      table[first.get(i).correct() ? 1 : 0][second.get(i).correct() ? 1 : 0]++;
    }
    return table;
  }

  /**
   * Compares two runs.
   *
   * @param first one outcome per example
   * @param second outcomes of the same examples in the same order
   * @param resamples of each bootstrap
   * @param seed of each bootstrap
   * @throws RunException if there are no outcomes, the examples or their order differ, an example
   *     occurs twice, only some outcomes have a score, or a score is not finite
   */
  public static PairedComparison of(
      List<ExampleOutcome> first, List<ExampleOutcome> second, int resamples, long seed) {
    requireSameExamples(first, second);
    int[][] table = table(first, second);
    return new PairedComparison(
        table[1][1],
        table[1][0],
        table[0][1],
        table[0][0],
        McNemar.of(table[1][0], table[0][1]),
        PairedBootstrap.of95(correct(first), correct(second), resamples, seed),
        haveScores(first, second)
            ? Optional.of(PairedBootstrap.of95(scores(first), scores(second), resamples, seed))
            : Optional.empty());
  }

  private static void requireSameExamples(List<ExampleOutcome> first, List<ExampleOutcome> second) {
    if (first.isEmpty()) {
      throw new RunException("comparison: expected at least one example, found none");
    }
    if (first.size() != second.size()) {
      throw new RunException(
          "comparison: expected as many examples in the second run as in the first, %d, found %d"
              .formatted(first.size(), second.size()));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < first.size(); i++) {
      String expected = first.get(i).example();
      String found = second.get(i).example();
      if (!expected.equals(found)) {
        throw new RunException(
            "comparison: example %d of the second run: expected '%s' as in the first, found '%s'"
                .formatted(i, expected, found));
      }
      if (!seen.add(expected)) {
        throw new RunException(
            "comparison: example %d: expected each example once, found '%s' again"
                .formatted(i, expected));
      }
    }
  }

  private static boolean haveScores(List<ExampleOutcome> first, List<ExampleOutcome> second) {
    boolean expected = first.getFirst().score().isPresent();
    for (List<ExampleOutcome> run : List.of(first, second)) {
      for (ExampleOutcome outcome : run) {
        if (outcome.score().isPresent() != expected) {
          throw new RunException(
              "comparison: example '%s': expected a score for all examples or none, found some"
                  .formatted(outcome.example()));
        }
      }
    }
    return expected;
  }

  private static double[] correct(List<ExampleOutcome> run) {
    return run.stream().mapToDouble(outcome -> outcome.correct() ? 1 : 0).toArray();
  }

  private static double[] scores(List<ExampleOutcome> run) {
    return run.stream().mapToDouble(outcome -> outcome.score().orElseThrow()).toArray();
  }

  /** Returns the number of examples. */
  @Override
  public int n() {
    return accuracy.n();
  }

  @Override
  public boolean secondIsBetter() {
    return difference() > 0;
  }

  /** Returns McNemar's. */
  @Override
  public double pValue() {
    return mcNemar.pValue();
  }

  /** Returns the interval in the mean score if outcomes have one, else in accuracy. */
  @Override
  public Interval interval() {
    return score.orElse(accuracy).interval();
  }

  /** Returns the accuracy of the first run. */
  public double firstAccuracy() {
    return (double) (bothCorrect + onlyFirst) / n();
  }

  /** Returns the accuracy of the second run. */
  public double secondAccuracy() {
    return (double) (bothCorrect + onlySecond) / n();
  }

  /** Returns the second run's accuracy minus the first's. */
  public double difference() {
    return accuracy.difference();
  }

  /**
   * Keys {@code n}, {@code both_correct}, {@code only_first_correct}, {@code only_second_correct},
   * {@code neither_correct}, {@code first_accuracy}, {@code second_accuracy}, {@code difference},
   * {@code mcnemar}, {@code bootstrap}, and, where present, {@code score_bootstrap}.
   */
  @Override
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("n", n());
    json.put("both_correct", bothCorrect);
    json.put("only_first_correct", onlyFirst);
    json.put("only_second_correct", onlySecond);
    json.put("neither_correct", neither);
    json.put("first_accuracy", firstAccuracy());
    json.put("second_accuracy", secondAccuracy());
    json.put("difference", difference());
    json.set("mcnemar", mcNemar.toJson());
    json.set("bootstrap", accuracy.toJson());
    score.ifPresent(value -> json.set("score_bootstrap", value.toJson()));
    return json;
  }
}
