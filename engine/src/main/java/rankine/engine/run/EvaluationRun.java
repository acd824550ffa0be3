package rankine.engine.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import rankine.engine.icl.Evaluation;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.PredictionWriter;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Task;
import rankine.engine.model.Session;

/**
 * An evaluation of a loaded model, with its manifest.
 *
 * @param result the figures
 * @param manifest what they depend on
 */
public record EvaluationRun(EvaluationResult result, ObjectNode manifest) {

  /**
   * What to evaluate.
   *
   * @param data the folder with the task's files
   * @param predictions where to write one line an example
   */
  public record EvaluationRequest(
      Task task, Path data, EvaluationOptions options, Optional<Path> predictions) {}

  /** Runs it. The predictions appear under their name only when all are there. */
  public static EvaluationRun of(
      LoadedModel loaded, EvaluationRequest request, ProgressListener progress) {
    return of(loaded, request, progress, prediction -> {});
  }

  /** Runs it, and gives {@code each} every prediction. */
  public static EvaluationRun of(
      LoadedModel loaded,
      EvaluationRequest request,
      ProgressListener progress,
      Consumer<Prediction> each) {
    try (Session session = loaded.scoringSession()) {
      EvaluationResult result;
      if (request.predictions.isPresent()) {
        try (PredictionWriter writer = PredictionWriter.open(request.predictions.get())) {
          result = evaluate(loaded, session, request, progress, writer.andThen(each));
          writer.commit();
        }
      } else {
        result = evaluate(loaded, session, request, progress, each);
      }
      return new EvaluationRun(result, Manifest.of(loaded, result));
    }
  }

  /** What a choice between models goes by: F1 in a task with answers, accuracy elsewhere. */
  public double score() {
    return result.score().value();
  }

  private static EvaluationResult evaluate(
      LoadedModel loaded,
      Session session,
      EvaluationRequest request,
      ProgressListener progress,
      Consumer<Prediction> predictions) {
    return Evaluation.run(
        request.task,
        request.data,
        request.options,
        loaded.tokenizer(),
        new SessionScorer(session),
        progress,
        predictions);
  }

  /** The result, and the manifest under {@code manifest}. */
  public ObjectNode toJson() {
    ObjectNode json = result.toJson();
    json.set("manifest", manifest);
    return json;
  }
}
