package rankine.engine.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.stats.ExampleOutcome;

/**
 * An evaluation of one variant of a model with its outcome per example, for paired comparisons with
 * other variants.
 *
 * @param outcomes one per example, in data order, named by file and row
 * @param promptHashes SHA-256 of each prompt's text, in the same order
 * @param gold the gold label (a class index) or answers of each example, as JSON, in the same order
 */
public record VariantEvaluation(
    EvaluationRun run,
    List<ExampleOutcome> outcomes,
    List<String> promptHashes,
    List<String> gold) {
  /** Copies the lists. */
  public VariantEvaluation {
    outcomes = List.copyOf(outcomes);
    promptHashes = List.copyOf(promptHashes);
    gold = List.copyOf(gold);
  }

  /**
   * Runs {@code evaluate} and collects the outcomes.
   *
   * @param evaluate evaluates {@code variant} and passes each prediction, in data order, to its
   *     argument
   */
  static VariantEvaluation of(
      LoadedModel variant, Function<Consumer<Prediction>, EvaluationResult> evaluate) {
    List<ExampleOutcome> outcomes = new ArrayList<>();
    List<String> promptHashes = new ArrayList<>();
    List<String> gold = new ArrayList<>();
    EvaluationResult result =
        evaluate.apply(
            prediction -> {
              outcomes.add(outcome(prediction));
              promptHashes.add(prediction.promptHash());
              gold.add(prediction.toJson().get("gold").toString());
            });
    return new VariantEvaluation(
        new EvaluationRun(result, Manifest.of(variant, result)), outcomes, promptHashes, gold);
  }

  private static ExampleOutcome outcome(Prediction prediction) {
    String example = prediction.file() + ":" + prediction.row();
    return prediction.answer().isPresent()
        ? ExampleOutcome.of(example, prediction.correct(), prediction.answer().get().f1())
        : ExampleOutcome.of(example, prediction.correct());
  }
}
