package rankine.engine.search;

import java.util.ArrayList;
import java.util.List;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.VariantEvaluation;
import rankine.engine.run.VariantEvaluator;

/** Evaluates edits of one model on one task, each from the original weights. */
final class VariantRunner implements AutoCloseable {
  private final LoadedModel loaded;
  private final SearchObjective task;
  private final SearchListener listener;
  private final VariantEvaluator shared;

  /**
   * @param expected the edits that will be evaluated, among others above them
   */
  VariantRunner(
      LoadedModel loaded, SearchObjective task, List<Edit> expected, SearchListener listener) {
    this.loaded = loaded;
    this.task = task;
    this.listener = listener;
    this.shared = new VariantEvaluator(loaded, expected);
  }

  /**
   * The model with {@code edits}, with every seed.
   *
   * @param name of the variant, for people
   */
  VariantResults evaluate(String name, List<Edit> edits, EvaluationSplit part) {
    LoadedModel edited = loaded.edited(task.plan().withEdits(edits));
    List<SeedResult> runs = new ArrayList<>();
    for (long seed : task.seeds()) {
      String which = task.seeds().size() == 1 ? "" : ", seed " + seed;
      listener.begin(part.label() + " " + name + which);
      try {
        runs.add(evaluate(edited, task.options().withPart(part).withSeed(seed)));
      } finally {
        listener.end();
      }
    }
    return new VariantResults(runs);
  }

  /** Where the lowest of {@code edits} is: evaluations from low to high share the most. */
  int place(List<Edit> edits) {
    return shared.firstChangedOp(edits);
  }

  private SeedResult evaluate(LoadedModel edited, EvaluationOptions options) {
    VariantEvaluation evaluation =
        shared.evaluate(edited, task.task(), task.data(), options, listener::progress);
    return new SeedResult(options.seed(), evaluation.run(), evaluation.outcomes());
  }

  @Override
  public void close() {
    shared.close();
  }
}
