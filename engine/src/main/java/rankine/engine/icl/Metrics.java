package rankine.engine.icl;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.stats.Interval;

/** Accumulates the counts and metrics of an evaluation, prediction by prediction. */
final class Metrics {
  private final Task task;
  private final int[][] confusion;
  private final int[] unpredicted;
  private int n;
  private int correct;
  private int ties;
  private int truncated;
  private int correctPerToken;
  private int correctPerCharacter;
  private double f1Sum;
  private double logLikelihoodSum;

  Metrics(Task task) {
    this.task = task;
    int classes = task.classes().size();
    this.confusion = new int[classes][classes];
    this.unpredicted = new int[classes];
  }

  /**
   * Adds one prediction.
   *
   * @param perTokenCorrect whether the gold choice has the highest log-likelihood per token
   * @param perCharacterCorrect whether it has the highest log-likelihood per character
   */
  void add(Prediction prediction, boolean perTokenCorrect, boolean perCharacterCorrect) {
    n++;
    correct += prediction.correct() ? 1 : 0;
    ties += prediction.tie() ? 1 : 0;
    truncated += prediction.truncated() ? 1 : 0;
    correctPerToken += perTokenCorrect ? 1 : 0;
    correctPerCharacter += perCharacterCorrect ? 1 : 0;
    prediction.answer().ifPresent(this::add);
    if (prediction.gold().isPresent()) {
      int gold = prediction.gold().getAsInt();
      if (prediction.predicted().isPresent()) {
        confusion[gold][prediction.predicted().getAsInt()]++;
      } else {
        unpredicted[gold]++;
      }
    }
  }

  private void add(Prediction.Answer answer) {
    f1Sum += answer.f1().orElse(0);
    logLikelihoodSum += answer.logLikelihood().orElse(0);
  }

  EvaluationResult.Counts counts() {
    boolean generative = task.classes().isEmpty();
    return new EvaluationResult.Counts(
        n,
        correct,
        Interval.wilson95(correct, n),
        ties,
        truncated,
        generative ? Optional.empty() : Optional.of(matrix()),
        task.dividesByOneLess() && n > 1
            ? OptionalDouble.of((double) correct / (n - 1))
            : OptionalDouble.empty(),
        perLength(correctPerToken),
        perLength(correctPerCharacter),
        task.scoring() instanceof ScoringMethod.Greedy
            ? OptionalDouble.of(f1Sum / n)
            : OptionalDouble.empty(),
        task.scoring() instanceof ScoringMethod.GreedyMatch
            ? OptionalDouble.of(StrictMath.exp(-logLikelihoodSum / n))
            : OptionalDouble.empty());
  }

  private OptionalDouble perLength(int correctPerUnit) {
    return task.choicesDifferInLength()
        ? OptionalDouble.of((double) correctPerUnit / n)
        : OptionalDouble.empty();
  }

  private ConfusionMatrix matrix() {
    List<List<Integer>> counts =
        Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList();
    return new ConfusionMatrix(task.classes(), counts, Arrays.stream(unpredicted).boxed().toList());
  }
}
