package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import rankine.common.io.TextFile;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.ForwardSpeed;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.PromptIds;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.GridCost.PromptCost;
import rankine.engine.scale.GridCost.TargetCost;

/**
 * Counts what searches of a model cost: the tokens of their prompts and the operations on their
 * matrices. It encodes the prompts, and runs nothing.
 */
public final class CostCount {
  private final LoadedModel loaded;
  private final List<PromptCost> prompts = new ArrayList<>();
  private final List<TargetCost> targets = new ArrayList<>();

  /** Starts with nothing. */
  public CostCount(LoadedModel loaded) {
    this.loaded = loaded;
  }

  /**
   * Adds a benchmark, once per seed.
   *
   * @param seeds of the demonstrations; for texts 0 alone
   * @throws rankine.common.TaskException for a fault in the data
   */
  public void add(BenchmarkData data, List<Long> seeds) {
    seeds.forEach(
        seed ->
            prompts.add(
                switch (data) {
                  case BenchmarkData.TaskExamples task -> prompt(task, seed);
                  case TextData texts -> prompt(texts);
                }));
  }

  private PromptCost prompt(BenchmarkData.TaskExamples task, long seed) {
    TaskPrompts validation = task.request().with(EvaluationSplit.VALIDATION, seed).prompts(loaded);
    TaskPrompts test = task.request().with(EvaluationSplit.TEST, seed).prompts(loaded);
    return new PromptCost(tokens(validation), tokens(test), validation.batch().answerTokens() == 0);
  }

  /** Answers are generated one token at a time; all that are allowed are counted. */
  private static long tokens(TaskPrompts prompts) {
    PromptBatch batch = prompts.batch();
    return batch.tree().rows() + (long) batch.answerTokens() * batch.prompts().size();
  }

  private PromptCost prompt(TextData texts) {
    return new PromptCost(
        tokens(texts, EvaluationSplit.VALIDATION), tokens(texts, EvaluationSplit.TEST), true);
  }

  private long tokens(TextData texts, EvaluationSplit split) {
    TextFile text = texts.text(split);
    int ids = PromptIds.of(loaded.tokenizer(), text.text()).length;
    return texts.protocol().over(ids, text.name()).stream()
        .mapToLong(window -> window.end() - window.start())
        .sum();
  }

  /**
   * Adds modules of a layer. Sketches of the randomized method, small beside exact decompositions,
   * are not counted.
   *
   * @param rates ascending; the first is 0
   */
  public void add(LayerTarget target, EditMethod method, List<PruningRate> rates) {
    add(target, Optional.empty(), method, rates);
  }

  /**
   * Adds modules of the layer that a guide chooses of the deeper half once it has decomposed those
   * of every layer; counted as the first layer that it may be.
   *
   * @param rates ascending; the first is 0
   */
  public void addGuided(ModuleSelection modules, EditMethod method, List<PruningRate> rates) {
    LayerTarget first = new LayerTarget(loaded.model().layers().size() / 2, modules);
    add(first, Optional.of(new LayerTarget(Edit.EVERY_LAYER, modules)), method, rates);
  }

  private void add(
      LayerTarget target,
      Optional<LayerTarget> guided,
      EditMethod method,
      List<PruningRate> rates) {
    TargetCost cost =
        TargetCost.of(
            Math.max(0, target.layer()),
            shapes(List.of(target.edit(PruningRate.ZERO))),
            rates.stream()
                .filter(rate -> !rate.isZero())
                .map(rate -> rate.value().doubleValue())
                .toList());
    double decomposition = decomposes(method) ? cost.decomposition() : 0;
    targets.add(
        new TargetCost(
            cost.layer(),
            guided.map(this::decomposition).orElse(decomposition),
            decomposes(method) ? cost.edits() : 0));
  }

  private double decomposition(LayerTarget target) {
    return TargetCost.of(0, shapes(List.of(target.edit(PruningRate.ZERO))), List.of())
        .decomposition();
  }

  /**
   * Adds a method for the whole model. Calibration texts are not counted.
   *
   * @param ratios ascending; the first is 0
   */
  public void add(ModelTarget target, CompressionSettings settings, List<PruningRate> ratios) {
    List<Edit> edits =
        settings.uniform(target, ratios.getLast(), loaded.original().layers().size()).edits();
    // What a method sees of the compressed model differs between ratios.
    boolean shared =
        target.sequential() == Calibration.Sequential.NONE
            && target.method() != EditMethod.ANCHORED;
    int times = shared ? 1 : ratios.size() - 1;
    targets.add(
        new TargetCost(
            0, // a whole model changes from its first layer on
            decomposes(target.method())
                ? times * TargetCost.of(0, shapes(edits), List.of()).decomposition()
                : 0,
            0));
  }

  private static boolean decomposes(EditMethod method) {
    return method.isLowRank() && method != EditMethod.RANDOMIZED;
  }

  private List<int[]> shapes(Collection<Edit> edits) {
    return edits.stream()
        .flatMap(edit -> EditOverlay.matrices(loaded.original(), edit).values().stream())
        .map(w -> new int[] {w.rows(), w.cols()})
        .toList();
  }

  /**
   * Returns the cost of all targets with all benchmarks.
   *
   * @param rates above 0
   */
  public GridCost cost(int rates) {
    int layers = loaded.model().layers().size();
    return new GridCost(
        layers,
        ForwardSpeed.flopsPerToken(loaded) / layers,
        loaded.checkpoint().bytes(),
        rates,
        prompts,
        targets.stream().sorted(Comparator.comparingInt(TargetCost::layer)).toList());
  }
}
