package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Session;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.PromptIds;
import rankine.engine.scale.ExecutorSpeed;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.GridCost.PromptCost;
import rankine.engine.scale.GridCost.TargetCost;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;

/**
 * What a sweep will cost: its grid by its own prompts and matrices, and this machine's speed.
 *
 * @param grid the whole of it, finished cells included
 * @param speed of this process
 */
public record SweepEstimate(GridCost grid, ExecutorSpeed speed) {
  private static final int PROBE_TOKENS = 64;
  private static final long PROBE_NANOS = 3_000_000_000L;

  /**
   * Counts the tokens of every prompt, and measures the speed of the forward pass for some seconds.
   *
   * @throws rankine.common.RankineException as in {@link Sweep#run}
   */
  public static SweepEstimate of(LoadedModel loaded, SweepRequest request) {
    GridCost cost = cost(loaded, request);
    return new SweepEstimate(cost, ExecutorSpeed.ofForward(forward(loaded, cost)));
  }

  /** Returns the cost of the grid. Methods other than exact decompose nothing here. */
  static GridCost cost(LoadedModel loaded, SweepRequest request) {
    SweepGrid grid = request.grid(loaded);
    int layers = loaded.model().layers().size();
    double weights =
        matrices(loaded, Edit.parse(Edit.EVERY_LAYER + ":all:0")).stream()
            .mapToDouble(w -> (double) w.rows() * w.cols())
            .sum();
    List<PromptCost> prompts = new ArrayList<>();
    for (TaskVersion task : grid.tasks()) {
      for (long seed : grid.seeds()) {
        prompts.add(prompt(loaded, (BenchmarkData.TaskExamples) request.data(task), seed));
      }
    }
    request.texts().ifPresent(texts -> prompts.add(prompt(loaded, texts)));
    int rates = Math.max(grid.rates().size(), grid.ratios().size()) - 1;
    return new GridCost(
        layers,
        2 * weights / layers,
        loaded.checkpoint().bytes(),
        rates,
        prompts,
        targets(loaded, request, grid));
  }

  private static List<TargetCost> targets(
      LoadedModel loaded, SweepRequest request, SweepGrid grid) {
    List<TargetCost> targets = new ArrayList<>();
    for (int layer : grid.layers().stream().sorted().toList()) {
      grid.modules()
          .forEach(
              m -> targets.add(target(loaded, request, new LayerTarget(layer, m), grid.rates())));
    }
    // A whole model changes from its first layer on.
    grid.methods().forEach(_ -> targets.add(new TargetCost(0, 0, 0)));
    targets.sort(Comparator.comparingInt(TargetCost::layer));
    return targets;
  }

  private static TargetCost target(
      LoadedModel loaded, SweepRequest request, LayerTarget target, List<PruningRate> rates) {
    int first = Math.max(0, target.layer());
    boolean exact =
        request.plans().layers().filter(plan -> plan.method() == EditMethod.EXACT).isPresent();
    return exact
        ? TargetCost.of(
            first,
            matrices(loaded, target.edit(PruningRate.ZERO)).stream()
                .map(w -> new int[] {w.rows(), w.cols()})
                .toList(),
            rates.stream()
                .filter(rate -> !rate.isZero())
                .map(rate -> rate.value().doubleValue())
                .toList())
        : new TargetCost(first, 0, 0);
  }

  private static List<Matrix> matrices(LoadedModel loaded, Edit edit) {
    Map<String, Matrix> matrices = EditOverlay.matrices(loaded.original(), edit);
    return List.copyOf(matrices.values());
  }

  private static PromptCost prompt(LoadedModel loaded, BenchmarkData.TaskExamples task, long seed) {
    TaskPrompts validation = task.request().with(EvaluationSplit.VALIDATION, seed).prompts(loaded);
    TaskPrompts test = task.request().with(EvaluationSplit.TEST, seed).prompts(loaded);
    return new PromptCost(tokens(validation), tokens(test), validation.answerTokens().isEmpty());
  }

  /** Answers are generated one token at a time; all that are allowed are counted. */
  private static long tokens(TaskPrompts prompts) {
    long answers = (long) prompts.answerTokens().orElse(0) * prompts.tree().prompts();
    return prompts.tree().rows() + answers;
  }

  private static PromptCost prompt(LoadedModel loaded, TextData texts) {
    return new PromptCost(
        tokens(loaded, texts, EvaluationSplit.VALIDATION),
        tokens(loaded, texts, EvaluationSplit.TEST),
        true);
  }

  private static long tokens(LoadedModel loaded, TextData texts, EvaluationSplit split) {
    int ids = PromptIds.of(loaded.tokenizer(), texts.text(split).text()).length;
    return texts.protocol().over(ids).stream()
        .mapToLong(window -> window.end() - window.start())
        .sum();
  }

  /** Returns the flops per second of the best of some forward passes; the first ones compile. */
  private static double forward(LoadedModel loaded, GridCost cost) {
    int[] ids = new int[Math.min(PROBE_TOKENS, loaded.model().config().contextLength())];
    double best = 0;
    long begin = System.nanoTime();
    try (Session session = loaded.session()) {
      for (int pass = 0; pass < 2 || System.nanoTime() - begin < PROBE_NANOS; pass++) {
        try (KvCache cache = session.sequence()) {
          long start = System.nanoTime();
          session.logits(cache, ids);
          double seconds = (System.nanoTime() - start) / 1e9;
          best = Math.max(best, ids.length * cost.layers() * cost.flopsPerLayer() / seconds);
        }
      }
    }
    return best;
  }
}
