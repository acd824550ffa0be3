package rankine.engine.search;

import java.util.ArrayList;
import java.util.List;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.VariantEvaluation;
import rankine.engine.run.VariantEvaluator;

/** Evaluates edits of one model on one task, each applied to the original weights. */
final class VariantRunner implements AutoCloseable {
  private final LoadedModel loaded;
  private final SearchObjective objective;
  private final SearchListener listener;
  private final VariantEvaluator evaluator;

  /**
   * @param expected includes the edit whose first changed operation is the lowest of all
   */
  VariantRunner(
      LoadedModel loaded, SearchObjective objective, List<Edit> expected, SearchListener listener) {
    this.loaded = loaded;
    this.objective = objective;
    this.listener = listener;
    this.evaluator = new VariantEvaluator(loaded, expected);
  }

  /**
   * Evaluates the model with {@code edits}, for every seed.
   *
   * @param name of the variant, for display
   */
  VariantResults evaluate(String name, List<Edit> edits, EvaluationSplit split) {
    LoadedModel edited = loaded.edited(objective.plan().withEdits(edits));
    List<SeedResult> runs = new ArrayList<>();
    for (long seed : objective.seeds()) {
      String which = objective.seeds().size() == 1 ? "" : ", seed " + seed;
      listener.begin(split.label() + " " + name + which);
      try {
        runs.add(evaluate(edited, objective.options().withPart(split).withSeed(seed)));
      } finally {
        listener.end();
      }
    }
    return new VariantResults(runs);
  }

  /**
   * Returns the index of the first operation that {@code edits} change; ascending order shares the
   * most computation.
   */
  int firstChangedOp(List<Edit> edits) {
    return evaluator.firstChangedOp(edits);
  }

  private SeedResult evaluate(LoadedModel edited, EvaluationOptions options) {
    VariantEvaluation evaluation =
        evaluator.evaluate(edited, objective.task(), objective.data(), options, listener::progress);
    return new SeedResult(options.seed(), evaluation.run(), evaluation.outcomes());
  }

  @Override
  public void close() {
    evaluator.close();
  }
}
