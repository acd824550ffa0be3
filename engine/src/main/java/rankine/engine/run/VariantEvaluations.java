package rankine.engine.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Edits;
import rankine.engine.icl.Evaluation;
import rankine.engine.icl.Evaluation.Questions;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Task;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.replay.Replay;

/**
 * Evaluations of many edits of one model on one task. The examples are read and encoded once; what
 * lies below the edits is computed once for all of them ({@link Replay}). The results are those of
 * {@link EvaluationRun} for each, to the bit.
 *
 * <p>A task whose answers a model has to write is evaluated edit by edit: each answer goes its own
 * way.
 */
public final class VariantEvaluations {
  private final LoadedModel loaded;
  private final Evaluation evaluation;

  /** Hears of each edit's evaluation. */
  public interface Listener {
    /** Work on the edits of {@code plan} begins, or on what it and the later ones share. */
    void begin(EditPlan plan);

    /** So many of so many examples of it are done. */
    void progress(int done, int total);

    /**
     * The result of the edit at {@code index} in the list that was given.
     *
     * @param predictions one an example, in the order of the data file
     */
    void end(int index, EvaluationRun run, List<Prediction> predictions);
  }

  private VariantEvaluations(LoadedModel loaded, Evaluation evaluation) {
    this.loaded = loaded;
    this.evaluation = evaluation;
  }

  /**
   * Reads and encodes a task for {@code loaded}, whose own edits are not looked at.
   *
   * @throws rankine.engine.icl.IclException for a fault in the data
   */
  public static VariantEvaluations prepare(
      LoadedModel loaded, Task task, Path data, EvaluationOptions options) {
    int context = loaded.original().config().contextLength();
    return new VariantEvaluations(
        loaded, Evaluation.prepare(task, data, options, loaded.tokenizer(), context));
  }

  /**
   * Evaluates every plan, the one whose lowest edit is lowest first, so the results come in another
   * order than the plans.
   *
   * @throws rankine.engine.edit.EditException for an edit that the model cannot have
   */
  public void run(List<EditPlan> plans, Listener listener) {
    Model base = loaded.original();
    int[] places =
        plans.stream().mapToInt(plan -> Replay.place(base, changed(base, plan))).toArray();
    List<Integer> order =
        IntStream.range(0, plans.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> places[i]))
            .toList();
    List<Questions> questions = evaluation.questions();
    if (questions.isEmpty()) {
      order.forEach(i -> write(i, plans.get(i), listener));
      return;
    }
    List<Replay> replays = new ArrayList<>();
    try {
      for (Questions group : questions) {
        replays.add(new Replay(base, loaded.backend().backend(), group.prefix(), group.queries()));
      }
      order.forEach(i -> score(i, plans.get(i), replays, listener));
    } finally {
      replays.forEach(Replay::close);
    }
  }

  /** The matrices that a plan changes. */
  private static Set<String> changed(Model base, EditPlan plan) {
    return Edits.check(base, plan.edits()).entrySet().stream()
        .filter(entry -> !entry.getValue().isNone())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private void score(int index, EditPlan plan, List<Replay> replays, Listener listener) {
    listener.begin(plan);
    LoadedModel variant = loaded.edited(plan);
    ProgressListener progress = listener::progress;
    List<List<double[]>> scores = new ArrayList<>();
    for (Replay replay : replays) {
      replay.advance(variant.model(), progress);
      scores.add(replay.scores(variant.model(), progress));
    }
    List<Prediction> predictions = new ArrayList<>();
    EvaluationResult result = evaluation.judge(scores, predictions::add);
    listener.end(
        index, new EvaluationRun(result, Manifest.of(variant, result)), List.copyOf(predictions));
  }

  private void write(int index, EditPlan plan, Listener listener) {
    listener.begin(plan);
    LoadedModel variant = loaded.edited(plan);
    List<Prediction> predictions = new ArrayList<>();
    try (Session session = variant.scoringSession()) {
      EvaluationResult result =
          evaluation.run(new SessionLanguageModel(session), listener::progress, predictions::add);
      listener.end(
          index, new EvaluationRun(result, Manifest.of(variant, result)), List.copyOf(predictions));
    }
  }
}
