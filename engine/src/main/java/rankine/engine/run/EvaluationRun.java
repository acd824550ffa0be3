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
 * The result of evaluating a loaded model, with its manifest.
 *
 * @param result counts and metrics
 * @param manifest everything that they depend on; see {@link Manifest}
 */
public record EvaluationRun(EvaluationResult result, ObjectNode manifest) {

  /**
   * A task, its data and its options.
   *
   * @param data the folder with the task's data files
   * @param predictions the file that receives one JSON line per example
   */
  public record EvaluationRequest(
      Task task, Path data, EvaluationOptions options, Optional<Path> predictions) {}

  /** Evaluates {@code loaded}. The predictions file appears only when it is complete. */
  public static EvaluationRun of(
      LoadedModel loaded, EvaluationRequest request, ProgressListener progress) {
    return of(loaded, request, progress, prediction -> {});
  }

  /** Evaluates {@code loaded} and passes every prediction to {@code each}. */
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
          loaded.checkpoint().checkUnchanged();
          writer.commit();
        }
      } else {
        result = evaluate(loaded, session, request, progress, each);
      }
      return new EvaluationRun(result, Manifest.of(loaded, result));
    }
  }

  /** Returns the score that model selection uses: F1 in a generative task, else accuracy. */
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

  /** Returns the result's keys, and the manifest under {@code manifest}. */
  public ObjectNode toJson() {
    ObjectNode json = result.toJson();
    json.set("manifest", manifest);
    return json;
  }
}
