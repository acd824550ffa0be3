package rankine.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import rankine.common.RunException;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.run.LoadedModel;
import rankine.engine.sweep.Layers;
import rankine.engine.sweep.Shard;
import rankine.engine.sweep.Sweep;
import rankine.engine.sweep.SweepRequest;
import rankine.engine.sweep.SweepSummary;
import rankine.engine.sweep.TaskData;
import rankine.engine.sweep.TestCells;

/** {@code sweep}: Algorithm 1 on a grid, kept in a folder and resumed there. */
@Command(
    name = "sweep",
    sortOptions = false,
    description =
        "Every rate of a grid of tasks, seeds, layers and modules on validation, the best of each on"
            + " test. What is done is kept in the run folder: started again, or as one of several"
            + " shards, it does what is missing.")
final class SweepCommand implements Callable<Integer> {
  /** Reads {@code 0-5}, {@code 0,3}, {@code all} or {@code -1}. */
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

  /** Reads {@code 0/3}. */
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
      description = "The run folder: new, empty, or one that this run began.")
  Path run;

  @Option(names = "--model", required = true, paramLabel = "DIR", description = "A checkpoint.")
  Path model;

  @Option(
      names = "--layers",
      required = true,
      converter = LayersConverter.class,
      paramLabel = "L",
      description = "0-5, 0,3, all (each on its own), or -1 (all at once).")
  Layers layers;

  @Option(
      names = "--modules",
      required = true,
      split = ",",
      paramLabel = "M",
      description = "Of q_proj, k_proj, v_proj, out_proj, fc_in, fc_up, fc_out, attn, mlp, all.")
  List<String> modules;

  @Mixin RateOptions rates;

  @Option(
      names = "--tasks",
      required = true,
      split = ",",
      paramLabel = "T",
      description = "Built-in tasks or task files, each with :VERSION or not, e.g. sst2,cb:paper.")
  List<String> tasks;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR|TASK=DIR",
      description =
          "The task's data folder; of several tasks the folder that has one for each, named as the"
              + " task. TASK=DIR names that of one task. Repeatable.")
  List<String> data;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "S",
      description = "Each chooses demonstrations of its own; ${DEFAULT-VALUE}.",
      defaultValue = "0")
  List<Long> seeds;

  @Option(
      names = "--shots",
      converter = RangeConverters.Natural.class,
      paramLabel = "K",
      description = "Demonstrations a class (squad: in total), as in eval.")
  Integer shots;

  @Option(
      names = "--limit",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "Only N examples of each part, as in eval.")
  Integer limit;

  @Option(
      names = "--test",
      paramLabel = "WHICH",
      description = "Rates to run on test: chosen (default: the best on validation) or all.")
  TestCells test = TestCells.CHOSEN;

  @Option(
      names = "--shard",
      converter = ShardConverter.class,
      paramLabel = "I/N",
      description = "Only every N-th group, from the I-th (from 0): for job arrays on one folder.")
  Shard shard = Shard.WHOLE;

  @Mixin MethodOptions method;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    SweepRequest request =
        new SweepRequest(
            run,
            TaskData.of(tasks, data),
            seeds,
            layers,
            modules.stream().map(ModuleSelection::of).toList(),
            rates.pruningRates(),
            optional(shots),
            optional(limit),
            method.plan(),
            test,
            shard);
    try (LoadedModel loaded =
        LoadedModel.open(model, common.backendOptions(), cache.cache(common))) {
      if (common.json()) {
        SweepProgress progress = new SweepProgress(common, cell -> {});
        StandardOutput.document(Sweep.run(loaded, request, progress).toJson());
      } else {
        PrintStream out = StandardOutput.stdout();
        SweepText text = new SweepText(out, request.tasks());
        SweepSummary summary = Sweep.run(loaded, request, new SweepProgress(common, text::print));
        text.print(summary);
      }
    }
    return 0;
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
