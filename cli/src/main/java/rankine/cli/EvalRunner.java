package rankine.cli;

import java.util.Optional;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.LoadedModel;

/** Runs the prompts of {@code eval} elsewhere, such as on a cluster. */
public interface EvalRunner {
  /**
   * Evaluates.
   *
   * @param loaded the model without edits
   * @param plan the edits of the model to evaluate
   * @param predictions where they are written, as the user wrote it; empty for nowhere
   * @param worker the command line with which other processes open the same model
   */
  EvaluationResult run(
      LoadedModel loaded,
      EditPlan plan,
      TaskPrompts prompts,
      Optional<String> predictions,
      WorkerArguments worker,
      ProgressListener progress);
}
