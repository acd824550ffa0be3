package rankine.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import rankine.common.RunException;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.PromptListing;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.GridEstimate;
import rankine.engine.sweep.Layers;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.Shard;
import rankine.engine.sweep.SweepRequest;
import rankine.engine.sweep.TaskData;
import rankine.engine.sweep.TestCells;

/** {@code sweep}: a resumable grid of searches, with its results in a run folder. */
@Command(
    name = "sweep",
    sortOptions = false,
    customSynopsis = {
      "rankine sweep --run=DIR --model=DIR",
      "      [--layers=L --modules=M[,M...] [--rates=R[,R...]]]",
      "      [--methods=M[,M...] --ratios=R[,R...]]",
      "      [--tasks=T[,T...] --data=DIR|TASK=DIR... [--seeds=S[,S...]]]",
      "      [--text=FILE --test-text=FILE] [OPTIONS]"
    },
    description = {
      "Run a resumable grid of searches: tasks, seeds, layers and modules, or methods.",
      "Evaluates every pruning rate on validation and the best one on test, as search does, for each"
          + " task, seed, layer and module, and for a pair of texts; with --methods, beside that or"
          + " instead, every ratio of the whole model's parameters for each method. Results are kept"
          + " in the run folder: started again, or as one of several shards, it evaluates only the"
          + " missing cells.",
      "Prints one line per evaluation (cell), then one per search: the chosen rate, plain and pruned"
          + " accuracy on validation and test, and p-values. report turns the run folder into a page."
    })
final class SweepCommand implements Callable<Integer> {
  /** Parses {@code 0-5}, {@code 0,3}, {@code all} or {@code -1}. */
  static final class LayersConverter implements ITypeConverter<Layers> {
    @Override
    public Layers convert(String value) {
      try {
        return Layers.parse(value);
      } catch (RunException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Parses {@code 0/3}. */
  static final class ShardConverter implements ITypeConverter<Shard> {
    @Override
    public Shard convert(String value) {
      try {
        return Shard.parse(value);
      } catch (RunException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description =
          "Run folder: new, empty, or begun by a sweep with the same settings. With --engine spark"
              + " also a URI of a file system of Hadoop, such as hdfs://NAME/DIR.")
  Path run;

  @Mixin ModelOption model;

  @Option(
      names = "--layers",
      converter = LayersConverter.class,
      paramLabel = "L",
      description = "Layers, from 0: 0-5, 0,3, all (each layer by itself) or -1 (all at once).")
  Layers layers;

  @Option(
      names = "--modules",
      split = ",",
      paramLabel = "M",
      description = "Modules of the layers, each " + EditOptions.MODULES + ".")
  List<String> modules = List.of();

  @Mixin RateOptions rates;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "M",
      description =
          "Methods that compress the whole model, each searched by itself: those of --method, with"
              + " whitened:block, asvd:group and so on for --sequential.")
  List<String> methods = List.of();

  @Option(
      names = "--ratios",
      split = ",",
      paramLabel = "R",
      description =
          "With --methods: fractions of the parameters of every matrix to remove, as --ratio in"
              + " perplexity; 0 is the plain model.")
  List<String> ratios = List.of();

  @Mixin RatioOptions ratioOptions;

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "T",
      description =
          "Built-in tasks or task files, each with an optional :VERSION, as in eval:"
              + " sst2,cb:paper.")
  List<String> tasks = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR|TASK=DIR",
      description =
          "Data folder of the task; for several tasks their parent folder, with a subfolder named"
              + " after each task. TASK=DIR gives the folder of one task. Repeatable.")
  List<String> data = List.of();

  @Mixin TextOptions texts;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "S",
      description = "Demonstration seeds, each searched by itself (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  List<Long> seeds;

  @Option(
      names = "--shots",
      converter = RangeConverters.Natural.class,
      paramLabel = "K",
      description =
          "Demonstrations per class, for squad in total, as in eval (default: the task's own"
              + " number, lowered to fit the context).")
  Integer shots;

  @Option(
      names = "--limit",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "Evaluate only N examples per split, as in eval (default: all).")
  Integer limit;

  @Option(
      names = "--test",
      paramLabel = "WHICH",
      description =
          "Rates to evaluate on test: chosen (the best on validation) or all (default: chosen).")
  TestCells test = TestCells.CHOSEN;

  @Option(
      names = "--shard",
      converter = ShardConverter.class,
      paramLabel = "I/N",
      description =
          "Run only every N-th search, from the I-th (from 0), for job arrays on one run folder"
              + " (default: 0/1).")
  Shard shard = Shard.WHOLE;

  @Mixin MethodOptions method;

  @Mixin EngineOptions engine;

  @Mixin EstimateOptions estimate;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Spec CommandSpec spec;

  private final SweepRunner runner;

  SweepCommand() {
    this(SweepRunner.LOCAL);
  }

  SweepCommand(SweepRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    checkUsage();
    engine.check();
    boolean here = !engine.isSpark() && runner.equals(SweepRunner.LOCAL);
    if (here) {
      Location.requirePath(spec, "--run");
    }
    SweepRequest onTasks = onTasks();
    checkData(onTasks);
    WorkerArguments worker =
        WorkerArguments.of(spec.commandLine().getParseResult(), EngineOptions.NAMES);
    if (engine.isSpark() && !estimate.only) {
      return SparkSubmit.find(System.getenv(), Path.of(System.getProperty("rankine.home", ".")))
          .run("rankine.spark.SweepJob", engine.submitOptions(), worker);
    }
    try (LoadedModel loaded = open()) {
      SweepRequest request = onTasks.withTexts(texts.read(loaded));
      request.notes(loaded).forEach(common::remark);
      if (estimate.only) {
        double speed = EstimateOptions.speed(loaded, common);
        EstimateText.printSweep(common, GridEstimate.of(request.cost(loaded), speed));
        return 0;
      }
      if (here && !common.quiet) {
        GridCost cost = request.cost(loaded);
        EstimateOptions.announce(loaded, common, speed -> seconds(cost, speed));
      }
      if (common.json()) {
        SweepProgress progress = new SweepProgress(common, cell -> {});
        StandardOutput.document(runner.run(loaded, request, worker, progress).toJson());
      } else {
        PrintStream out = StandardOutput.stdout();
        SweepText text = new SweepText(out, request, loaded.model());
        SweepProgress progress = new SweepProgress(common, text::print);
        text.print(runner.run(loaded, request, worker, progress));
      }
    }
    return 0;
  }

  /** Of this shard, with what a run folder has already. */
  private double seconds(GridCost whole, double speed) {
    int processes = Math.min(shard.count(), whole.groups());
    return GridEstimate.of(whole, speed).started(processes).seconds();
  }

  LoadedModel open() {
    return common.open(model.folder, cache.cache(common));
  }

  /** Returns what the options ask for. */
  SweepRequest request(LoadedModel loaded) {
    return onTasks().withTexts(texts.read(loaded));
  }

  private SweepRequest onTasks() {
    return new SweepRequest(
        run,
        taskData(),
        Optional.empty(),
        UsageException.distinct("--seeds", seeds),
        layers == null ? Optional.empty() : Optional.of(layerAxes()),
        methods.isEmpty() ? Optional.empty() : Optional.of(modelAxes()),
        optional(shots),
        optional(limit),
        test,
        shard);
  }

  /** Checks options that require others; picocli does not. */
  private void checkUsage() {
    require("--layers", layers != null, "--modules", !modules.isEmpty());
    require("--modules", !modules.isEmpty(), "--layers", layers != null);
    require("--rates", given("--rates"), "--layers", layers != null);
    require("--methods", !methods.isEmpty(), "--ratios", !ratios.isEmpty());
    require("--ratios", !ratios.isEmpty(), "--methods", !methods.isEmpty());
    require("--tasks", !tasks.isEmpty(), "--data", !data.isEmpty());
    for (String option : List.of("--data", "--seeds", "--shots", "--limit")) {
      require(option, given(option), "--tasks", !tasks.isEmpty());
    }
    if (!texts.areGiven() && tasks.isEmpty()) {
      throw new UsageException("--tasks: expected these or --text, found neither");
    }
    if (ratios.isEmpty()) {
      ratioOptions.refuse("--ratios");
    }
    if (layers == null && methods.isEmpty()) {
      throw new UsageException("--layers: expected these or --methods, found neither");
    }
  }

  private boolean given(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  private static void require(String option, boolean given, String other, boolean otherGiven) {
    if (given && !otherGiven) {
      throw new UsageException("%s: expected with %s, found none".formatted(option, other));
    }
  }

  private SweepRequest.LayerAxes layerAxes() {
    return new SweepRequest.LayerAxes(
        layers,
        UsageException.distinct(
            "--modules",
            modules.stream()
                .map(name -> UsageException.parse("--modules", name, ModuleSelection::of))
                .toList()),
        rates.pruningRates(),
        layerPlan());
  }

  /** With {@code --methods} an option may be meant for those. */
  private EditPlan layerPlan() {
    return methods.isEmpty() ? method.plan() : method.planBeside(RatioOptions.methods(methods));
  }

  private SweepRequest.ModelAxes modelAxes() {
    List<ModelTarget> targets = RatioOptions.methods(methods);
    return new SweepRequest.ModelAxes(
        targets,
        RatioOptions.ratios(ratios),
        method.settings(targets, layers != null, ratioOptions));
  }

  /**
   * Reads the data of every task before the first evaluation, which may be hours before the last.
   */
  private static void checkData(SweepRequest request) {
    for (TaskData task : request.tasks()) {
      for (EvaluationSplit split : EvaluationSplit.values()) {
        EvaluationOptions options =
            new EvaluationOptions(
                split, request.shots(), request.seeds().getFirst(), request.limit());
        PromptListing.stream(task.task(), task.data(), options, _ -> {});
      }
    }
  }

  /** Loads the tasks and assigns the folders. A fault of a task file is not one of usage. */
  private List<TaskData> taskData() {
    tasks.forEach(spec -> TaskOptions.load("--tasks", spec));
    return UsageException.request(() -> TaskData.of(tasks, data));
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
