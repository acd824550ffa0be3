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

/** The examples of a task, plain and edited, and the prompts that were asked. */
final class ExampleStudy {
  private final TextSource.TaskSource source;
  private final List<Prediction> plain = new ArrayList<>();
  private final TextSpans prompts;
  private final EvaluationResult result;

  /** Asks the plain model. */
  ExampleStudy(LoadedModel model, TextSource.TaskSource source) {
    this.source = source;
    try (Session session = model.scoringSession()) {
      PromptRecorder recorder = new PromptRecorder(new SessionScorer(session));
      this.result = evaluate(model, recorder, plain);
      this.prompts = new TextSpans("task " + source.task().name(), recorder.passages());
    }
  }

  /** The prompts as they were asked: what all begin with, then each one's own. */
  TextSpans prompts() {
    return prompts;
  }

  /** How the plain model was asked, for the manifest. */
  EvaluationResult result() {
    return result;
  }

  /** The examples that {@code edited} answers otherwise. */
  ModelEffect.Examples of(LoadedModel edited) {
    List<Prediction> found = new ArrayList<>();
    try (Session session = edited.scoringSession()) {
      EvaluationResult after = evaluate(edited, new SessionScorer(session), found);
      List<ModelEffect.ExampleFlip> flips = new ArrayList<>();
      for (int i = 0; i < plain.size(); i++) {
        String from = predicted(plain.get(i));
        String to = predicted(found.get(i));
        if (!from.equals(to)) {
          Prediction p = plain.get(i);
          flips.add(new ModelEffect.ExampleFlip(p.file() + ":" + p.row(), from, to, gold(p)));
        }
      }
      return new ModelEffect.Examples(after.counts().n(), after.counts().correct(), flips);
    }
  }

  private EvaluationResult evaluate(LoadedModel model, Scorer asked, List<Prediction> into) {
    return Evaluation.run(
        source.task(),
        source.data(),
        source.options(),
        model.tokenizer(),
        asked,
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
