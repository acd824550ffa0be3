package rankine.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.LoadedModel;
import rankine.engine.search.GreedyResult;
import rankine.engine.search.GreedySearch;
import rankine.engine.search.LayerSelection;
import rankine.engine.search.RateSearch;
import rankine.engine.search.SearchObjective;
import rankine.engine.search.SearchResult;
import rankine.engine.sweep.BenchmarkData;
import rankine.engine.sweep.RateRule;

/** {@code search}: selects the best pruning rate on validation and tests it. */
@Command(
    name = "search",
    sortOptions = false,
    customSynopsis = {
      "rankine search --model=DIR",
      "      --task=TASK[:VERSION] --data=DIR | --text=FILE --test-text=FILE",
      "      --layer=L --module=M [--rates=R[,R...]] [--greedy] [OPTIONS]"
    },
    description = {
      "Select the pruning rate that is best on validation, and test it.",
      "Algorithm 1 of arXiv 2406.03768: evaluates every rate on the validation split and compares"
          + " the best one (or that of --choose) with the plain model on the test split.",
      "Prints for each rate the rank kept, the validation accuracy and the p-value against the plain"
          + " model (exact McNemar test, Holm-corrected); then, on test, both accuracies, the"
          + " examples that only one model gets right, McNemar's p and the bootstrap interval of"
          + " the difference. With --text the score is the negative log-likelihood per token, the"
          + " pairs are windows, the test flips signs at random, and the interval is a block"
          + " bootstrap's."
    })
final class SearchCommand implements Callable<Integer> {
  private static final int STEPS = 3;

  @Mixin SearchOptions where;

  @ArgGroup(exclusive = false)
  TaskOptions task;

  @Mixin TextOptions texts;

  @Mixin MethodOptions method;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    checkUsage();
    return where.greedy ? greedy() : rates();
  }

  private int rates() {
    EditPlan plan = method.plan();
    Optional<BenchmarkData> onTask = onTask();
    List<ModuleSelection> modules = where.modules();
    if (modules.size() != 1) {
      throw new UsageException("--module: expected one without --greedy, found several");
    }
    List<PruningRate> rates = where.rates.pruningRates();
    try (LoadedModel loaded = common.open(where.model.folder, cache.cache(common))) {
      RateSearch.SearchRequest request =
          new RateSearch.SearchRequest(
              objective(onTask, loaded, plan),
              where.layers,
              modules.getFirst(),
              rates,
              where.choose);
      SearchResult result = RateSearch.run(loaded, request, new SearchProgress(common.quiet));
      loaded.checkpoint().checkUnchanged();
      result.notes().forEach(common::remark);
      if (common.json()) {
        StandardOutput.document(result.toJson());
      } else {
        SearchText.print(StandardOutput.stdout(), loaded.model(), result);
      }
    }
    return 0;
  }

  private int greedy() {
    EditPlan plan = method.plan();
    Optional<BenchmarkData> onTask = onTask();
    List<ModuleSelection> modules = where.modules();
    List<PruningRate> rates = where.rates.pruningRates();
    try (LoadedModel loaded = common.open(where.model.folder, cache.cache(common))) {
      SearchObjective objective = objective(onTask, loaded, plan);
      GreedySearch.GreedyRequest request =
          UsageException.request(
              () ->
                  new GreedySearch.GreedyRequest(
                      objective,
                      where.layers,
                      modules,
                      rates,
                      where.steps == null ? STEPS : where.steps));
      GreedyResult result = GreedySearch.run(loaded, request, new SearchProgress(common.quiet));
      loaded.checkpoint().checkUnchanged();
      result.notes().forEach(common::remark);
      if (common.json()) {
        StandardOutput.document(result.toJson());
      } else {
        GreedySearchText.print(StandardOutput.stdout(), loaded.model(), result);
      }
    }
    return 0;
  }

  /** The task, if the search is on one; a fault in its file is found before the model is opened. */
  private Optional<BenchmarkData> onTask() {
    if (texts.areGiven()) {
      return Optional.empty();
    }
    return Optional.of(
        new BenchmarkData.TaskExamples(
            new EvaluationRequest(task.load(), task.data(), task.options(EvaluationSplit.TEST))));
  }

  private SearchObjective objective(
      Optional<BenchmarkData> onTask, LoadedModel loaded, EditPlan plan) {
    if (onTask.isEmpty()) {
      return new SearchObjective(texts.read(loaded).orElseThrow(), List.of(0L), plan);
    }
    List<Long> seeds = where.seeds.isEmpty() ? List.of(task.seed) : where.seeds;
    return new SearchObjective(onTask.get(), seeds, plan);
  }

  /** Checks options that require or exclude others; picocli does not. */
  private void checkUsage() {
    if (texts.areGiven()) {
      if (task != null || !where.seeds.isEmpty()) {
        throw new UsageException(
            "%s: expected without --text, found both"
                .formatted(task == null ? "--seeds" : "--task"));
      }
    } else if (task == null) {
      throw new UsageException("--task: expected, or --text, found neither");
    }
    UsageException.distinct("--seeds", where.seeds);
    if (!where.seeds.isEmpty() && spec.commandLine().getParseResult().hasMatchedOption("--seed")) {
      throw new UsageException("--seeds: expected instead of --seed, found both");
    }
    if (!where.greedy && where.steps != null) {
      throw new UsageException("--steps: expected with --greedy only");
    }
    if (where.greedy && where.choose != RateRule.BEST) {
      throw new UsageException(
          "--choose: expected best with --greedy, found " + where.choose.label());
    }
    if (!where.greedy && where.layers instanceof LayerSelection.Several) {
      throw new UsageException(
          "--layers: expected one, -1 or auto without --greedy, found several");
    }
  }
}
