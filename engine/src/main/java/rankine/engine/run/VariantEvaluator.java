package rankine.engine.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.icl.Evaluation;
import rankine.engine.icl.Evaluation.QueryGroup;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Task;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.ActivationReplay;

/**
 * Evaluates many variants (edits) of one model. Reads and encodes a task's examples once, and runs
 * the operations before the first edited one once for all edits there or later ({@link
 * ActivationReplay}). The results are bit-identical to those of {@link EvaluationRun}.
 *
 * <p>Any order of edits gives the same results. Ascending {@link #firstChangedOp} is the fastest:
 * an edit before its predecessor starts again from the embedding.
 *
 * <p>A generative task shares its encoded examples only: each variant decodes its own answers.
 */
public final class VariantEvaluator implements AutoCloseable {
  /** Bytes of activations kept in memory; the rest spills to memory-mapped temporary files. */
  public static final long ACTIVATION_BYTES = 1L << 30;

  private final LoadedModel loaded;
  private final int firstExpectedOp;
  private final ActivationBudget budget = new ActivationBudget(ACTIVATION_BYTES);
  private final Map<ExamplesKey, TaskExamples> taskExamples = new HashMap<>();

  private record ExamplesKey(Task task, Path data, EvaluationOptions options) {}

  /** A task's encoded examples, and one activation replay per query group. */
  private record TaskExamples(
      Evaluation evaluation, List<QueryGroup> groups, List<ActivationReplay> replays) {}

  /**
   * Creates an evaluator for edits of {@code loaded}'s original weights.
   *
   * @param expected edits to come: an evaluation of the unedited model keeps its activations at the
   *     first operation that any of them changes, so that later variants start there
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public VariantEvaluator(LoadedModel loaded, List<Edit> expected) {
    this.loaded = loaded;
    Set<String> matrices = new HashSet<>();
    for (Edit edit : expected) {
      matrices.addAll(changed(loaded.original(), List.of(edit)));
    }
    this.firstExpectedOp = ActivationReplay.firstUse(loaded.original(), matrices);
  }

  /**
   * Returns the index in the program of the first operation that {@code edits} change. Evaluations
   * in ascending order share the most.
   */
  public int firstChangedOp(List<Edit> edits) {
    return ActivationReplay.firstUse(loaded.original(), changed(loaded.original(), edits));
  }

  /** Returns the names of the matrices that edits change. */
  private static Set<String> changed(Model model, List<Edit> edits) {
    Set<String> changed = new HashSet<>();
    EditOverlay.check(model, edits)
        .forEach(
            (matrix, edit) -> {
              if (!edit.isNone()) {
                changed.add(matrix);
              }
            });
    return changed;
  }

  /**
   * Evaluates {@code variant} on one split of a task.
   *
   * @param variant {@link LoadedModel#edited} of this evaluator's model
   * @throws rankine.common.TaskException for a fault in the data, or a score that is NaN
   */
  public VariantEvaluation evaluate(
      LoadedModel variant,
      Task task,
      Path data,
      EvaluationOptions options,
      ProgressListener progress) {
    TaskExamples examples =
        taskExamples.computeIfAbsent(new ExamplesKey(task, data, options), this::read);
    if (examples.groups.isEmpty()) {
      try (Session session = variant.scoringSession()) {
        SessionScorer scorer = new SessionScorer(session);
        return VariantEvaluation.of(
            variant, each -> examples.evaluation.run(scorer, progress, each));
      }
    }
    List<Edit> edits = variant.edits().edits();
    boolean unedited = changed(loaded.original(), edits).isEmpty();
    int firstOp = unedited ? firstExpectedOp : firstChangedOp(edits);
    List<List<double[]>> scores = new ArrayList<>();
    for (int group = 0; group < examples.groups.size(); group++) {
      scores.add(scores(examples, group, variant.model(), unedited, firstOp, progress));
    }
    return VariantEvaluation.of(variant, each -> examples.evaluation.resultOf(scores, each));
  }

  private List<double[]> scores(
      TaskExamples examples,
      int group,
      Model variant,
      boolean unedited,
      int firstOp,
      ProgressListener progress) {
    ActivationReplay replay = examples.replays.get(group);
    if (!unedited && !replay.canReach(firstOp)) {
      replay.close();
      replay = replay(examples.groups.get(group));
      examples.replays.set(group, replay);
    }
    replay.advance(firstOp, progress);
    return replay.scores(variant, progress);
  }

  private TaskExamples read(ExamplesKey key) {
    Evaluation evaluation =
        Evaluation.prepare(
            key.task,
            key.data,
            key.options,
            loaded.tokenizer(),
            loaded.original().config().contextLength());
    List<QueryGroup> groups = evaluation.queryGroups();
    List<ActivationReplay> replays = new ArrayList<>();
    groups.forEach(group -> replays.add(replay(group)));
    return new TaskExamples(evaluation, groups, replays);
  }

  private ActivationReplay replay(QueryGroup group) {
    return new ActivationReplay(
        loaded.original(), loaded.backend().backend(), group.prefix(), group.queries(), budget);
  }

  @Override
  public void close() {
    taskExamples.values().forEach(examples -> examples.replays.forEach(ActivationReplay::close));
    taskExamples.clear();
  }
}
