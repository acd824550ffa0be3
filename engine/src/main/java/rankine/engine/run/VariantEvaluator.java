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
import rankine.engine.icl.Evaluation.Questions;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Task;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.ActivationReplay;

/**
 * Evaluations of many edits of one model. The examples of a task are read and encoded once, and
 * what lies below an edit is computed once for all edits at that place or above ({@link
 * ActivationReplay}). The results are those of {@link EvaluationRun}, to the bit.
 *
 * <p>Any order of edits gives the same results; from the lowest to the highest is the fastest, for
 * one that lies below its predecessor starts from the embedding again.
 *
 * <p>A task whose answers a model has to write shares its examples only: each answer goes its own
 * way.
 */
public final class VariantEvaluator implements AutoCloseable {
  /** Bytes of activations in memory; what is more lies in mapped temporary files. */
  public static final long ACTIVATIONS = 1L << 30;

  private final LoadedModel loaded;
  private final int lowest;
  private final ActivationBudget budget = new ActivationBudget(ACTIVATIONS);
  private final Map<ExamplesKey, TaskExamples> texts = new HashMap<>();

  private record ExamplesKey(Task task, Path data, EvaluationOptions options) {}

  /** A task's examples, and how far they have come. */
  private record TaskExamples(
      Evaluation evaluation, List<Questions> questions, List<ActivationReplay> replays) {}

  /**
   * For edits of {@code loaded}'s original.
   *
   * @param expected edits that will be asked for: the unedited model's evaluation stops at the
   *     lowest of them, for what comes after it
   * @throws rankine.common.EditException for an edit that the model cannot have
   */
  public VariantEvaluator(LoadedModel loaded, List<Edit> expected) {
    this.loaded = loaded;
    Set<String> matrices = new HashSet<>();
    for (Edit edit : expected) {
      matrices.addAll(changed(loaded.original(), List.of(edit)));
    }
    this.lowest = ActivationReplay.place(loaded.original(), matrices);
  }

  /** Where the lowest of {@code edits} is: evaluations from low to high share the most. */
  public int place(List<Edit> edits) {
    return ActivationReplay.place(loaded.original(), changed(loaded.original(), edits));
  }

  /** The matrices that edits change. */
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
   * Evaluates {@code variant} on one part of a task.
   *
   * @param variant {@link LoadedModel#edited} of the model that this is for
   * @throws rankine.common.TaskException for a fault in the data, or scores that are not numbers
   */
  public VariantEvaluation evaluate(
      LoadedModel variant,
      Task task,
      Path data,
      EvaluationOptions options,
      ProgressListener progress) {
    TaskExamples asked = texts.computeIfAbsent(new ExamplesKey(task, data, options), this::read);
    if (asked.questions.isEmpty()) {
      try (Session session = variant.scoringSession()) {
        SessionScorer model = new SessionScorer(session);
        return VariantEvaluation.of(variant, each -> asked.evaluation.run(model, progress, each));
      }
    }
    List<Edit> edits = variant.edits().edits();
    boolean unedited = changed(loaded.original(), edits).isEmpty();
    int place = unedited ? lowest : place(edits);
    List<List<double[]>> scores = new ArrayList<>();
    for (int group = 0; group < asked.questions.size(); group++) {
      scores.add(scores(asked, group, variant.model(), unedited, place, progress));
    }
    return VariantEvaluation.of(variant, each -> asked.evaluation.judge(scores, each));
  }

  private List<double[]> scores(
      TaskExamples asked,
      int group,
      Model variant,
      boolean unedited,
      int place,
      ProgressListener progress) {
    ActivationReplay replay = asked.replays.get(group);
    if (!unedited && !replay.isBelow(place)) {
      replay.close();
      replay = replay(asked.questions.get(group));
      asked.replays.set(group, replay);
    }
    replay.advance(place, progress);
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
    List<Questions> questions = evaluation.questions();
    List<ActivationReplay> replays = new ArrayList<>();
    questions.forEach(group -> replays.add(replay(group)));
    return new TaskExamples(evaluation, questions, replays);
  }

  private ActivationReplay replay(Questions group) {
    return new ActivationReplay(
        loaded.original(), loaded.backend().backend(), group.prefix(), group.queries(), budget);
  }

  @Override
  public void close() {
    texts.values().forEach(asked -> asked.replays.forEach(ActivationReplay::close));
    texts.clear();
  }
}
