package rankine.engine.icl;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import rankine.common.TaskException;

/** Turns a model's log-likelihoods or answers into predictions. */
final class PredictionRule {
  private final Task task;
  private final EvaluationSplit part;

  PredictionRule(Task task, EvaluationSplit part) {
    this.task = task;
    this.part = part;
  }

  /**
   * Predicts the choice with the highest score.
   *
   * @param scores log-likelihoods, by class
   * @throws TaskException if a score is NaN
   */
  Prediction choose(PromptFitting.FittedPrompt prompt, double[] scores) {
    DataRow row = prompt.row();
    for (int i = 0; i < scores.length; i++) {
      check(row, task.classes().get(i), scores[i]);
    }
    int best = argmax(scores);
    boolean tie = Arrays.stream(scores).filter(score -> score == scores[best]).count() > 1;
    boolean tieIsError = tie && task.scoring() instanceof ScoringMethod.FirstToken;
    return prediction(
        prompt,
        Arrays.stream(scores).boxed().toList(),
        tieIsError ? OptionalInt.empty() : OptionalInt.of(best),
        !tieIsError && best == row.label(),
        tie,
        Optional.empty());
  }

  private static void check(DataRow row, String choice, double score) {
    if (Double.isNaN(score)) {
      throw new TaskException(
          "%s: expected a log-likelihood for '%s', found NaN from the model"
              .formatted(row.where(), choice));
    }
  }

  /**
   * Returns whether the gold choice has the highest score per unit of length; ties go to the lowest
   * class.
   *
   * @param lengths of the choices, by class
   */
  static boolean correctPerUnit(DataRow row, double[] scores, int[] lengths) {
    double[] perUnit = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      perUnit[i] = scores[i] / lengths[i];
    }
    return argmax(perUnit) == row.label();
  }

  /** Returns the index of the highest score; of equal scores the first. */
  private static int argmax(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** Predicts an answer: {@code text} up to its first line break. */
  Prediction answer(PromptFitting.FittedPrompt prompt, String text, boolean containment) {
    int end = text.indexOf('\n');
    String answer = (end < 0 ? text : text.substring(0, end)).strip();
    List<String> accepted = prompt.row().answers();
    double f1 =
        containment ? SquadScore.containmentF1(answer, accepted) : SquadScore.f1(answer, accepted);
    return prediction(
        prompt,
        List.of(),
        OptionalInt.empty(),
        SquadScore.exact(answer, accepted),
        false,
        Optional.of(
            new Prediction.Answer(
                answer, accepted, OptionalDouble.of(f1), OptionalDouble.empty())));
  }

  /**
   * Compares a greedy continuation with the one choice of a row.
   *
   * @param ids the continuation, as many as the choice has
   * @param text of {@code ids}
   * @param choice the choice's text
   * @param logLikelihood of the choice
   * @throws TaskException if it is NaN
   */
  Prediction match(
      PromptFitting.FittedPrompt prompt,
      int[] ids,
      String text,
      String choice,
      double logLikelihood) {
    check(prompt.row(), choice, logLikelihood);
    return prediction(
        prompt,
        List.of(),
        OptionalInt.empty(),
        Arrays.equals(ids, prompt.prompt().continuations().getFirst()),
        false,
        Optional.of(
            new Prediction.Answer(
                text, List.of(choice), OptionalDouble.empty(), OptionalDouble.of(logLikelihood))));
  }

  private Prediction prediction(
      PromptFitting.FittedPrompt prompt,
      List<Double> scores,
      OptionalInt predicted,
      boolean correct,
      boolean tie,
      Optional<Prediction.Answer> answer) {
    DataRow row = prompt.row();
    return new Prediction(
        part,
        row.split().label(),
        row.file(),
        row.index(),
        prompt.promptHash(),
        scores,
        predicted,
        row.label() < 0 ? OptionalInt.empty() : OptionalInt.of(row.label()),
        correct,
        tie,
        prompt.truncated(),
        answer);
  }
}
