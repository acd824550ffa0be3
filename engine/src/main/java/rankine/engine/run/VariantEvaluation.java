package rankine.engine.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.stats.ExampleOutcome;

/**
 * An evaluation kept example by example, to be compared with that of another variant of the model.
 *
 * @param outcomes one an example, in data order, named by file and row
 * @param prompts the SHA-256 of each prompt's text, in the same order
 */
public record VariantEvaluation(
    EvaluationRun run, List<ExampleOutcome> outcomes, List<String> prompts) {
  /** Copies the lists. */
  public VariantEvaluation {
    outcomes = List.copyOf(outcomes);
    prompts = List.copyOf(prompts);
  }

  /**
   * The evaluation of {@code variant} that {@code evaluate} makes.
   *
   * @param evaluate gives the predictions, in data order, to what it is given
   */
  static VariantEvaluation of(
      LoadedModel variant, Function<Consumer<Prediction>, EvaluationResult> evaluate) {
    List<ExampleOutcome> outcomes = new ArrayList<>();
    List<String> prompts = new ArrayList<>();
    EvaluationResult result =
        evaluate.apply(
            prediction -> {
              outcomes.add(outcome(prediction));
              prompts.add(prediction.promptHash());
            });
    return new VariantEvaluation(
        new EvaluationRun(result, Manifest.of(variant, result)), outcomes, prompts);
  }

  private static ExampleOutcome outcome(Prediction prediction) {
    String example = prediction.file() + ":" + prediction.row();
    return prediction.answer().isPresent()
        ? ExampleOutcome.of(example, prediction.correct(), prediction.answer().get().f1())
        : ExampleOutcome.of(example, prediction.correct());
  }
}
