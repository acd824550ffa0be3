package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.Task;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;

/**
 * Evaluates the examples of a task with the unedited and with edited models; records the prompts.
 */
final class ExampleStudy {
  private final Task task;
  private final TaskPrompts prompts;
  private final List<Prediction> unedited;

  /** Evaluates the unedited model. */
  ExampleStudy(LoadedModel model, TaskPrompts prompts) {
    this.task = prompts.task();
    this.prompts = prompts;
    this.unedited = Evaluator.once(model, prompts, ProgressListener.NONE).predictions();
  }

  static TaskPrompts prompts(LoadedModel model, TextSource.TaskSource source) {
    return TaskPrompts.prepare(
        source.task(),
        source.data(),
        source.options(),
        model.tokenizer(),
        model.model().config().contextLength());
  }

  /** Returns the prompts as evaluated: the common prefix, then the rest of each prompt. */
  static TextSpans text(TaskPrompts prompts) {
    return TextSpans.of(
        "task " + prompts.task().name(),
        prompts.batch().prefix(),
        prompts.batch().prompts().stream().map(Prompt::ids).toList());
  }

  /** Returns the prompts, for the manifest. */
  TaskPrompts prompts() {
    return prompts;
  }

  /** Evaluates {@code edited} and returns the examples with a changed prediction. */
  ModelEffect.Examples of(LoadedModel edited) {
    EvaluationResult after = Evaluator.once(edited, prompts, ProgressListener.NONE);
    List<ModelEffect.ExampleFlip> flips = new ArrayList<>();
    for (int i = 0; i < unedited.size(); i++) {
      String from = predicted(unedited.get(i));
      String to = predicted(after.predictions().get(i));
      if (!from.equals(to)) {
        Prediction p = unedited.get(i);
        flips.add(new ModelEffect.ExampleFlip(p.example(), from, to, gold(p)));
      }
    }
    return new ModelEffect.Examples(after.counts().n(), after.counts().correct(), flips);
  }

  private String predicted(Prediction prediction) {
    return prediction
        .answer()
        .map(Prediction.Answer::text)
        .orElseGet(
            () ->
                prediction.predicted().isPresent()
                    ? task.classes().get(prediction.predicted().getAsInt())
                    : "tie");
  }

  private String gold(Prediction prediction) {
    return prediction
        .answer()
        .map(answer -> String.join(" | ", answer.accepted()))
        .orElseGet(() -> task.classes().get(prediction.gold().getAsInt()));
  }
}
