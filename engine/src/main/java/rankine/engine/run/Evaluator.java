package rankine.engine.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.common.TaskException;
import rankine.common.io.JsonLinesWriter;
import rankine.common.io.OutputFile;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.model.Model;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.LengthScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;

/**
 * Evaluates one model ({@link #once}), or many variants (edits) of one: then it reads and encodes a
 * task's examples once, and runs the operations before the first edited one once for all edits
 * there or later ({@link VariantScorers}). The results are bit-identical.
 *
 * <p>Any order of edits gives the same results. Ascending {@link #firstChangedOp} is the fastest:
 * an edit before its predecessor starts again from the embedding.
 *
 * <p>A generative task shares its encoded examples only: each variant decodes its own answers.
 */
public final class Evaluator implements AutoCloseable {
  /** Bytes of activations kept in memory; the rest spills to memory-mapped temporary files. */
  public static final long ACTIVATION_BYTES = 1L << 30;

  private final LoadedModel loaded;
  private final Map<EvaluationRequest, TaskPrompts> prompts = new HashMap<>();
  private final DataFileStates data = new DataFileStates();
  private final VariantScorers<EvaluationRequest> scorers;

  /**
   * Creates an evaluator for edits of {@code loaded}'s original weights.
   *
   * @param expected edits to come: an evaluation of the unedited model keeps its activations at the
   *     first operation that any of them changes, so that later variants start there
   * @param budget of the memory for activations, which others may share
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public Evaluator(LoadedModel loaded, List<Edit> expected, ActivationBudget budget) {
    this.loaded = loaded;
    this.scorers = new VariantScorers<>(loaded, expected, budget);
  }

  /**
   * Returns the index in the program of the first operation that {@code edits} change. Evaluations
   * in ascending order share the most.
   */
  public int firstChangedOp(List<Edit> edits) {
    return scorers.firstChangedOp(edits);
  }

  /**
   * Evaluates one model, with the edits that it has.
   *
   * @param predictions the file that receives one JSON line per example; it appears only when it is
   *     complete
   * @throws TaskException for a fault in the data, or a score that is NaN
   */
  public static EvaluationResult once(
      LoadedModel loaded,
      EvaluationRequest request,
      Optional<OutputFile> predictions,
      ProgressListener progress) {
    if (predictions.isEmpty()) {
      return once(loaded, request.prompts(loaded), progress);
    }
    try (JsonLinesWriter writer = JsonLinesWriter.open(predictions.get(), TaskException::new)) {
      EvaluationResult result = once(loaded, request.prompts(loaded), progress);
      result.predictions().forEach(prediction -> writer.write(prediction.toJson()));
      loaded.checkpoint().checkUnchanged();
      writer.commit();
      return result;
    }
  }

  /**
   * Evaluates one model on prompts encoded before.
   *
   * @throws TaskException for a score that is NaN
   */
  public static EvaluationResult once(
      LoadedModel loaded, TaskPrompts prompts, ProgressListener progress) {
    ModelOutput output = output(loaded, prompts.batch(), progress);
    return result(prompts, output, Manifest.of(loaded, prompts)).withNotes(notes(loaded));
  }

  /**
   * As {@link #once(LoadedModel, TaskPrompts, ProgressListener)}, with the prompts run by {@code
   * engine}.
   *
   * @param loaded the same checkpoint as the engine's processes have; here only described
   * @param plan the edits of the engine's models
   */
  public static EvaluationResult once(
      LoadedModel loaded,
      EditPlan plan,
      TaskPrompts prompts,
      PromptEngine engine,
      ProgressListener progress) {
    ModelOutput output = engine.output(prompts.batch(), progress);
    ObjectNode manifest = Manifest.of(loaded, prompts, plan);
    manifest.set("backend", engine.backend());
    return result(prompts, output, manifest).withNotes(plan.notes(loaded.original()));
  }

  /**
   * Runs prompts, whose output does not depend on each other.
   *
   * @param loaded with its edits
   */
  public static ModelOutput output(
      LoadedModel loaded, PromptBatch batch, ProgressListener progress) {
    requireMemory(loaded, batch);
    if (batch.answerTokens() > 0) {
      return GreedyAnswers.of(loaded, batch, progress);
    }
    Model model = loaded.model();
    try (LengthScorer scorer =
        new LengthScorer(
            model, loaded.backend().backend(), batch, new ActivationBudget(ACTIVATION_BYTES))) {
      return new ModelOutput.ContinuationScores(scorer.scores(model, progress));
    }
  }

  private static EvaluationResult result(
      TaskPrompts prompts, ModelOutput output, ObjectNode manifest) {
    return switch (output) {
      case ModelOutput.ContinuationScores(List<double[]> scores) ->
          prompts.scored(scores, manifest);
      case ModelOutput.WrittenAnswers(List<int[]> ids, List<Double> logLikelihoods) ->
          prompts.answered(ids, logLikelihoods, manifest);
    };
  }

  /**
   * Evaluates {@code variant}.
   *
   * @param variant {@link LoadedModel#edited} of this evaluator's model
   * @throws TaskException for a fault in the data, or a score that is NaN
   */
  public EvaluationResult evaluate(
      LoadedModel variant, EvaluationRequest request, ProgressListener progress) {
    TaskPrompts examples = prompts.computeIfAbsent(request, this::read);
    PromptBatch batch = examples.batch();
    requireMemory(loaded, batch);
    ModelOutput output =
        batch.answerTokens() > 0
            ? GreedyAnswers.of(variant, batch, progress)
            : new ModelOutput.ContinuationScores(scorers.scores(variant, request, batch, progress));
    return result(examples, output, Manifest.of(variant, examples)).withNotes(notes(variant));
  }

  /** Reads and encodes examples, from the files that the other requests have read. */
  private TaskPrompts read(EvaluationRequest request) {
    data.check(request);
    TaskPrompts examples = request.prompts(loaded);
    data.check(request);
    return examples;
  }

  private static List<String> notes(LoadedModel variant) {
    return variant.edits().notes(variant.original());
  }

  /** Refuses prompts of which even the longest does not fit the memory. */
  private static void requireMemory(LoadedModel loaded, PromptBatch batch) {
    int longest = batch.prompts().stream().mapToInt(prompt -> prompt.ids().length).max().orElse(0);
    loaded.requireMemory((long) longest + batch.answerTokens(), "fewer --shots");
  }

  @Override
  public void close() {
    scorers.close();
    prompts.clear();
  }
}
