package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import rankine.engine.icl.Evaluation;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Scorer;
import rankine.engine.model.Session;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.SessionScorer;

/**
 * Evaluates the examples of a task with the unedited and with edited models; records the prompts.
 */
final class ExampleStudy {
  private final TextSource.TaskSource source;
  private final List<Prediction> unedited = new ArrayList<>();
  private final TextSpans prompts;
  private final EvaluationResult result;

  /** Evaluates the unedited model. */
  ExampleStudy(LoadedModel model, TextSource.TaskSource source) {
    this.source = source;
    try (Session session = model.scoringSession()) {
      PromptRecorder recorder = new PromptRecorder(new SessionScorer(session));
      this.result = evaluate(model, recorder, unedited);
      this.prompts = new TextSpans("task " + source.task().name(), recorder.spans());
    }
  }

  /** Returns the prompts as evaluated: the common prefix, then the rest of each prompt. */
  TextSpans prompts() {
    return prompts;
  }

  /** Returns the evaluation of the unedited model, for the manifest. */
  EvaluationResult result() {
    return result;
  }

  /** Evaluates {@code edited} and returns the examples with a changed prediction. */
  ModelEffect.Examples of(LoadedModel edited) {
    List<Prediction> predictions = new ArrayList<>();
    try (Session session = edited.scoringSession()) {
      EvaluationResult after = evaluate(edited, new SessionScorer(session), predictions);
      List<ModelEffect.ExampleFlip> flips = new ArrayList<>();
      for (int i = 0; i < unedited.size(); i++) {
        String from = predicted(unedited.get(i));
        String to = predicted(predictions.get(i));
        if (!from.equals(to)) {
          Prediction p = unedited.get(i);
          flips.add(new ModelEffect.ExampleFlip(p.file() + ":" + p.row(), from, to, gold(p)));
        }
      }
      return new ModelEffect.Examples(after.counts().n(), after.counts().correct(), flips);
    }
  }

  private EvaluationResult evaluate(LoadedModel model, Scorer scorer, List<Prediction> into) {
    return Evaluation.run(
        source.task(),
        source.data(),
        source.options(),
        model.tokenizer(),
        scorer,
        ProgressListener.NONE,
        into::add);
  }

  private String predicted(Prediction prediction) {
    return prediction
        .answer()
        .map(Prediction.Answer::text)
        .orElseGet(
            () ->
                prediction.predicted().isPresent()
                    ? source.task().classes().get(prediction.predicted().getAsInt())
                    : "tie");
  }

  private String gold(Prediction prediction) {
    return prediction
        .answer()
        .map(answer -> String.join(" | ", answer.accepted()))
        .orElseGet(() -> source.task().classes().get(prediction.gold().getAsInt()));
  }
}
