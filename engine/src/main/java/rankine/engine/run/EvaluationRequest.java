package rankine.engine.run;

import java.nio.file.Path;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.Task;
import rankine.engine.icl.TaskPrompts;

/**
 * What to evaluate a model on.
 *
 * @param data the folder with the task's data files
 */
public record EvaluationRequest(Task task, Path data, EvaluationOptions options) {

  /** Returns this request with another split and seed. */
  public EvaluationRequest with(EvaluationSplit split, long seed) {
    return new EvaluationRequest(task, data, options.withPart(split).withSeed(seed));
  }

  /**
   * Reads and encodes the examples.
   *
   * @throws rankine.common.TaskException for a fault in the data, or shots that do not fit the
   *     model's context
   */
  public TaskPrompts prompts(LoadedModel loaded) {
    return TaskPrompts.prepare(
        task, data, options, loaded.tokenizer(), loaded.model().longestContext());
  }
}
