package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.edit.PlanFile;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.GridEstimate;
import rankine.engine.search.GreedyResult;
import rankine.engine.search.GreedySearch;
import rankine.engine.search.LayerSelection;
import rankine.engine.search.RateSearch;
import rankine.engine.search.SearchObjective;
import rankine.engine.search.SearchResult;
import rankine.engine.search.SearchSpace;
import rankine.engine.sweep.BenchmarkData;
import rankine.engine.sweep.CompressionSettings;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.RateRule;

/** {@code search}: selects the best pruning rate on validation and tests it. */
@Command(
    name = "search",
    sortOptions = false,
    customSynopsis = {
      "rankine search --model=DIR",
      "      --task=TASK[:VERSION] --data=DIR | --text=FILE --test-text=FILE",
      "      --layer=L --module=M [--rates=R[,R...]] [--greedy] |",
      "      --ratios=R[,R...] [--methods=M[,M...]] [OPTIONS]"
    },
    description = {
      "Select the pruning rate that is best on validation, and test it.",
      "Algorithm 1 of arXiv 2406.03768: evaluates every rate on the validation split and compares"
          + " the best one (or that of --choose) with the plain model on the test split. With --ratios the"
          + " candidates are ratios of the whole model's parameters, by one or several methods.",
      "Prints for each rate the rank kept, the validation accuracy and the p-value against the plain"
          + " model (exact McNemar test, Holm-corrected; with several seeds in JSON alone); then, on test, both accuracies, the"
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

  @Mixin EstimateOptions estimate;

  @Mixin CacheOptions cache;

  @Mixin OutputOptions output;

  @Mixin CommonOptions common;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    checkUsage();
    return where.greedy ? greedy() : rates();
  }

  private int rates() {
    SearchSpace space = where.ratios.isEmpty() ? inLayer() : wholeModel();
    List<PruningRate> rates =
        where.ratios.isEmpty() ? where.rates.pruningRates() : RatioOptions.ratios(where.ratios);
    Optional<BenchmarkData> onTask = onTask();
    try (LoadedModel loaded = common.open(where.model.folder, cache.cache(common))) {
      RateSearch.SearchRequest request =
          new RateSearch.SearchRequest(objective(onTask, loaded), space, rates, where.choose);
      if (estimated(loaded, () -> request.cost(loaded))) {
        return 0;
      }
      SearchResult result = RateSearch.run(loaded, request, new SearchProgress(common.quiet));
      loaded.checkpoint().checkUnchanged();
      result.group().notes().forEach(common::remark);
      if (common.json()) {
        StandardOutput.document(result.toJson());
      } else {
        SearchText.print(StandardOutput.stdout(), loaded.model(), result);
      }
      switch (space) {
        case SearchSpace.InLayer inLayer ->
            writePlan(
                inLayer.plan().sharedBy(request.rates()),
                List.of(inLayer.target(result.guide()).edit(result.group().chosen().rate())));
        case SearchSpace.WholeModel _ -> {}
      }
    }
    return 0;
  }

  /** Says how long the search takes; returns whether that is all. */
  private boolean estimated(LoadedModel loaded, Supplier<GridCost> counted) {
    if (common.quiet && !estimate.only) {
      return false;
    }
    GridCost cost = counted.get();
    if (estimate.only) {
      double speed = EstimateOptions.speed(loaded, common);
      EstimateText.printSearch(common, GridEstimate.of(cost, speed));
    } else {
      EstimateOptions.announce(
          loaded, common, speed -> GridEstimate.of(cost, speed).started(1).seconds());
    }
    return estimate.only;
  }

  private SearchSpace.InLayer inLayer() {
    EditPlan plan = method.plan();
    List<ModuleSelection> modules = where.modules();
    if (modules.size() != 1) {
      throw new UsageException("--module: expected one without --greedy, found several");
    }
    return new SearchSpace.InLayer(where.layers, modules.getFirst(), plan);
  }

  private SearchSpace.WholeModel wholeModel() {
    if (where.methods.isEmpty()) {
      CompressionSettings settings = method.settings(where.ratioOptions);
      return new SearchSpace.WholeModel(List.of(method.target()), settings);
    }
    if (given("--method")) {
      throw new UsageException("--method: expected without --methods, found both");
    }
    List<ModelTarget> methods = RatioOptions.methods(where.methods);
    return new SearchSpace.WholeModel(methods, method.settings(methods, false, where.ratioOptions));
  }

  private int greedy() {
    EditPlan plan = method.plan();
    Optional<BenchmarkData> onTask = onTask();
    List<ModuleSelection> modules = where.modules();
    List<PruningRate> rates = where.rates.pruningRates();
    try (LoadedModel loaded = common.open(where.model.folder, cache.cache(common))) {
      SearchObjective objective = objective(onTask, loaded);
      GreedySearch.GreedyRequest request =
          UsageException.request(
              () ->
                  new GreedySearch.GreedyRequest(
                      objective,
                      where.layers,
                      modules,
                      rates,
                      plan,
                      where.steps == null ? STEPS : where.steps));
      if (estimated(loaded, () -> request.cost(loaded))) {
        return 0;
      }
      GreedyResult result = GreedySearch.run(loaded, request, new SearchProgress(common.quiet));
      loaded.checkpoint().checkUnchanged();
      result.notes().forEach(common::remark);
      if (common.json()) {
        StandardOutput.document(result.toJson());
      } else {
        GreedySearchText.print(StandardOutput.stdout(), loaded.model(), result);
      }
      writePlan(
          request.plan(), result.steps().stream().map(GreedyResult.GreedyStep::edit).toList());
    }
    return 0;
  }

  /**
   * Writes the edits to {@code --write-plan}, if there are any: a plan has one at least. Comes
   * after the result is printed, which a file that cannot be written must not hide.
   */
  private void writePlan(EditPlan plan, List<Edit> edits) {
    if (where.plan == null) {
      return;
    }
    if (edits.stream().allMatch(Edit::isNone)) {
      common.remark(where.plan + ": not written: the plain model is the choice");
      return;
    }
    byte[] bytes = PlanFile.bytes(plan.withEdits(edits));
    try {
      AtomicFile.write(output.file(where.plan), temporary -> Files.write(temporary, bytes));
    } catch (IOException e) {
      throw new RunException(AtomicFile.problem(where.plan, e), e);
    }
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

  private SearchObjective objective(Optional<BenchmarkData> onTask, LoadedModel loaded) {
    if (onTask.isEmpty()) {
      return new SearchObjective(texts.read(loaded).orElseThrow(), List.of(0L));
    }
    List<Long> seeds = where.seeds.isEmpty() ? List.of(task.seed) : where.seeds;
    return new SearchObjective(onTask.get(), seeds);
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
    checkSpace();
    if (where.plan != null) {
      output.check(where.plan, List.of(where.model.folder));
    }
    UsageException.distinct("--seeds", where.seeds);
    if (!where.seeds.isEmpty() && given("--seed")) {
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

  /** Either a layer and a module, or ratios. */
  private void checkSpace() {
    if (!where.ratios.isEmpty()) {
      for (String option :
          List.of("--layer", "--module", "--rates", "--greedy", "--steps", "--write-plan")) {
        if (given(option)) {
          throw new UsageException(option + ": expected without --ratios, found both");
        }
      }
      return;
    }
    if (where.layers == null || where.module == null) {
      throw new UsageException(
          "%s: expected, or --ratios, found neither"
              .formatted(where.layers == null ? "--layer" : "--module"));
    }
    if (!where.methods.isEmpty()) {
      throw new UsageException("--methods: expected with --ratios, found none");
    }
    where.ratioOptions.refuse("--ratios");
  }

  private boolean given(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }
}
