package rankine.engine.icl;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.common.TaskException;

/** Makes predictions of a model's numbers and answers. */
final class PredictionRule {
  private final Task task;
  private final EvaluationSplit part;

  PredictionRule(Task task, EvaluationSplit part) {
    this.task = task;
    this.part = part;
  }

  /**
   * The prediction of a choice.
   *
   * @param scores log-likelihoods, by class
   * @throws TaskException if a score is not a number
   */
  Prediction choose(PromptFitting.Item item, double[] scores) {
    DataRow row = item.row();
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new TaskException(
            "%s: expected a log-likelihood for '%s', found NaN from the model"
                .formatted(row.where(), task.classes().get(i)));
      }
    }
    int best = firstHighest(scores);
    boolean tie = Arrays.stream(scores).filter(score -> score == scores[best]).count() > 1;
    boolean none = tie && task.scoring() instanceof ScoringMethod.FirstToken;
    return prediction(
        item,
        Arrays.stream(scores).boxed().toList(),
        none ? OptionalInt.empty() : OptionalInt.of(best),
        !none && best == row.label(),
        tie,
        Optional.empty());
  }

  /** Whether the right choice has the best score per id; a tie goes to the lowest class. */
  static boolean perTokenCorrect(PromptFitting.Item item, double[] scores) {
    double[] perToken = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      perToken[i] = scores[i] / item.ids().continuations().get(i).length;
    }
    return firstHighest(perToken) == item.row().label();
  }

  private static int firstHighest(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** The prediction of an answer: {@code text} up to its first line break. */
  Prediction answer(PromptFitting.Item item, String text, boolean containment) {
    int end = text.indexOf('\n');
    String answer = (end < 0 ? text : text.substring(0, end)).strip();
    List<String> accepted = item.row().answers();
    double f1 =
        containment ? SquadScore.containmentF1(answer, accepted) : SquadScore.f1(answer, accepted);
    return prediction(
        item,
        List.of(),
        OptionalInt.empty(),
        SquadScore.exact(answer, accepted),
        false,
        Optional.of(new Prediction.Answer(answer, accepted, f1)));
  }

  private Prediction prediction(
      PromptFitting.Item item,
      List<Double> scores,
      OptionalInt predicted,
      boolean correct,
      boolean tie,
      Optional<Prediction.Answer> answer) {
    DataRow row = item.row();
    return new Prediction(
        part,
        row.split().label(),
        row.file(),
        row.index(),
        item.promptHash(),
        scores,
        predicted,
        row.label() < 0 ? OptionalInt.empty() : OptionalInt.of(row.label()),
        correct,
        tie,
        item.truncated(),
        answer);
  }
}
