package rankine.engine.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Task;
import rankine.engine.stats.Outcome;

/**
 * An evaluation kept example by example, to be compared with that of another variant of the model.
 *
 * @param outcomes one an example, in data order, named by file and row
 * @param prompts the SHA-256 of each prompt's text, in the same order
 */
public record VariantEvaluation(EvaluationRun run, List<Outcome> outcomes, List<String> prompts) {
  /** Copies the lists. */
  public VariantEvaluation {
    outcomes = List.copyOf(outcomes);
    prompts = List.copyOf(prompts);
  }

  /** Evaluates {@code variant} on one part of a task. */
  public static VariantEvaluation of(
      LoadedModel variant,
      Task task,
      Path data,
      EvaluationOptions options,
      ProgressListener progress) {
    List<Outcome> outcomes = new ArrayList<>();
    List<String> prompts = new ArrayList<>();
    EvaluationRun run =
        EvaluationRun.of(
            variant,
            new EvaluationRun.Request(task, data, options, Optional.empty()),
            progress,
            prediction -> {
              outcomes.add(outcome(prediction));
              prompts.add(prediction.promptHash());
            });
    return new VariantEvaluation(run, outcomes, prompts);
  }

  private static Outcome outcome(Prediction prediction) {
    String example = prediction.file() + ":" + prediction.row();
    return prediction.answer().isPresent()
        ? Outcome.of(example, prediction.correct(), prediction.answer().get().f1())
        : Outcome.of(example, prediction.correct());
  }
}
