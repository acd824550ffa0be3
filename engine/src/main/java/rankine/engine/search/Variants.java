package rankine.engine.search;

import java.util.ArrayList;
import java.util.List;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Part;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.VariantEvaluation;

/** Evaluates edits of one model on one task, each from the original weights. */
final class Variants {
  private final LoadedModel loaded;
  private final SearchTask task;
  private final SearchListener listener;

  Variants(LoadedModel loaded, SearchTask task, SearchListener listener) {
    this.loaded = loaded;
    this.task = task;
    this.listener = listener;
  }

  /**
   * The model with {@code edits}, with every seed.
   *
   * @param name of the variant, for people
   */
  Variant evaluate(String name, List<Edit> edits, Part part) {
    LoadedModel edited = loaded.edited(task.plan().withEdits(edits));
    List<Evaluated> runs = new ArrayList<>();
    for (long seed : task.seeds()) {
      String which = task.seeds().size() == 1 ? "" : ", seed " + seed;
      listener.begin(part.label() + " " + name + which);
      try {
        runs.add(evaluate(edited, task.options().withPart(part).withSeed(seed)));
      } finally {
        listener.end();
      }
    }
    return new Variant(runs);
  }

  private Evaluated evaluate(LoadedModel edited, EvaluationOptions options) {
    VariantEvaluation evaluation =
        VariantEvaluation.of(edited, task.task(), task.data(), options, listener::progress);
    return new Evaluated(options.seed(), evaluation.run(), evaluation.outcomes());
  }
}
