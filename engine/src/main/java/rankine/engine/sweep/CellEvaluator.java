package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.perplexity.VariantPerplexity;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;

/** Evaluates variants of one model on tasks and texts. */
public final class CellEvaluator implements AutoCloseable {
  /** Resamples every text's windows alike, as {@code perplexity} does. */
  private static final long INTERVAL_SEED = 0;

  private final LoadedModel loaded;
  private final Evaluator evaluator;
  private final VariantPerplexity perplexities;

  /**
   * Creates an evaluator for edits of {@code loaded}'s original weights.
   *
   * @param expected as in {@link Evaluator#Evaluator}
   */
  public CellEvaluator(LoadedModel loaded, List<Edit> expected) {
    ActivationBudget budget = new ActivationBudget(Evaluator.ACTIVATION_BYTES);
    this.loaded = loaded;
    this.evaluator = new Evaluator(loaded, expected, budget);
    this.perplexities = new VariantPerplexity(loaded, expected, budget);
  }

  /** Returns the first operation that edits change: see {@link Evaluator#firstChangedOp}. */
  public int firstChangedOp(List<Edit> edits) {
    return evaluator.firstChangedOp(edits);
  }

  /**
   * Evaluates {@code variant}.
   *
   * @param variant {@link LoadedModel#edited} of this evaluator's model
   * @param seed of the demonstrations; a text has none
   */
  public EvaluationRecord evaluate(
      LoadedModel variant,
      BenchmarkData data,
      EvaluationSplit split,
      long seed,
      ProgressListener progress) {
    return switch (data) {
      case BenchmarkData.TaskExamples task ->
          TaskRecord.of(evaluator.evaluate(variant, task.request().with(split, seed), progress));
      case TextData texts -> {
        List<Double> nll = new ArrayList<>();
        List<Integer> scored = new ArrayList<>();
        Perplexity perplexity =
            perplexities.of(
                variant,
                texts.text(split),
                texts.protocol(),
                INTERVAL_SEED,
                (window, value) -> {
                  nll.add(value);
                  scored.add(window.scored());
                },
                progress);
        yield TextRecord.of(perplexity, nll, scored);
      }
    };
  }

  /**
   * Evaluates {@code variant} for a cell.
   *
   * @param variant of the key's target at its rate
   * @param data of the key's benchmark
   */
  Cell cell(LoadedModel variant, CellKey key, BenchmarkData data, SweepListener listener) {
    long start = System.nanoTime();
    EvaluationRecord record;
    listener.begin(key.toString());
    try {
      record = evaluate(variant, data, key.split(), key.seed(), listener);
    } finally {
      listener.end();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    loaded.checkpoint().checkUnchanged();
    OptionalDouble removed =
        key.target().filter(ModelTarget.class::isInstance).isPresent()
            ? variant.edits().removed(loaded.original())
            : OptionalDouble.empty();
    return new Cell(key, record, variant.edits().ranks(loaded.original()), removed, seconds);
  }

  @Override
  public void close() {
    evaluator.close();
    perplexities.close();
  }
}
