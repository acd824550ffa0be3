package rankine.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.DoubleFunction;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.profile.Profile;
import rankine.engine.profile.ProfileEstimate;
import rankine.engine.profile.ProfileRequest;
import rankine.engine.profile.ProfileResult;
import rankine.engine.profile.ProfileScope;
import rankine.engine.profile.TextSource;
import rankine.engine.profile.TimingConfig;
import rankine.engine.run.LoadedModel;

/** {@code profile}: the effect of each pruning rate on matrices, outputs, logits and times. */
@Command(
    name = "profile",
    sortOptions = false,
    customSynopsis = {
      "rankine profile --model=DIR",
      "      --layer=L --module=M [--rates=R[,R...]] | --edit=EDIT... | --ratio=R | --plan=FILE",
      "      [--prompt=TEXT | --ids=ID[,ID...] | --task=TASK[:VERSION] --data=DIR]",
      "      [OPTIONS]"
    },
    description = {
      "Measure what pruning does to weights, outputs, logits and kernel times.",
      "Prints, for each pruning rate, or for all edits of a plan, the relative error of each matrix and of its output on real"
          + " activations; the KL divergence and the flips (changed next tokens) of the final"
          + " logits; time, FLOP/s and bytes/s of each kernel, dense and factored; and the"
          + " crossover rank, below which the factors are faster."
    })
final class ProfileCommand implements Callable<Integer> {
  private static final int EXAMPLES = 8;
  private static final int ROWS = 256;

  @Mixin LayerOptions where;

  @ArgGroup ProfileInput input;

  /** The text whose activations are measured; the default is a built-in English text. */
  static final class ProfileInput {
    @Option(
        names = "--prompt",
        required = true,
        paramLabel = "TEXT",
        description =
            "Text to run, with BOS if the tokenizer's configuration says so (default: a built-in"
                + " English text).")
    String prompt;

    @Option(
        names = "--ids",
        split = ",",
        required = true,
        paramLabel = "ID",
        description = "Text to run as token ids; no special token is added, no tokenizer needed.")
    List<Integer> ids;

    /** The prompts of a task; eight examples without {@code --limit}. */
    @ArgGroup(exclusive = false)
    TaskOptions task;
  }

  @Option(
      names = "--rows",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "Tokens of the timed prefill; a decode step has one (default: 256).")
  Integer rows;

  @Option(names = "--no-time", description = "Time no kernels; the result is then deterministic.")
  boolean noTime;

  @Option(
      names = "--precise",
      description =
          "Time kernels for publication: up to 41 samples of 2 ms, until the median is known to 2 %%"
              + " (default: up to 9 of 1 ms).")
  boolean precise;

  @Option(
      names = "--flips",
      converter = RangeConverters.Natural.class,
      paramLabel = "N",
      description = "Flips listed per rate in text; JSON has all (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  int flips;

  @Mixin SplitOptions split;

  @Mixin EditOptions edit;

  @Spec CommandSpec spec;

  @Mixin EstimateOptions estimate;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    checkUsage();
    TextSource text = text();
    Optional<ProfileRequest.Timed> timing =
        noTime
            ? Optional.empty()
            : Optional.of(
                new ProfileRequest.Timed(
                    rows == null ? ROWS : rows,
                    precise ? TimingConfig.STANDARD : TimingConfig.QUICK));
    Optional<EditPlan> requested = edit.isGiven() ? Optional.of(edit.plan()) : Optional.empty();
    Optional<ProfileScope> layer = requested.isEmpty() ? Optional.of(atRates()) : Optional.empty();
    try (LoadedModel loaded = common.open(where.model.folder, cache.cache(common))) {
      ProfileScope scope =
          layer.orElseGet(
              () -> new ProfileScope.OfPlan(edit.fitted(loaded, requested.orElseThrow(), common)));
      ProfileRequest request = new ProfileRequest(scope, text, timing);
      if (estimate.only) {
        double speed = EstimateOptions.speed(loaded, common);
        EstimateText.printProfile(common, ProfileEstimate.of(loaded, request).apply(speed));
        return 0;
      }
      if (!common.quiet) {
        DoubleFunction<ProfileEstimate> takes = ProfileEstimate.of(loaded, request);
        EstimateOptions.announce(loaded, common, speed -> takes.apply(speed).seconds());
      }
      ProfileResult result = run(loaded, request);
      loaded.checkpoint().checkUnchanged();
      List<String> notes = scope.notes(loaded.original());
      notes.forEach(common::remark);
      if (request.timing().isPresent() && result.kernels().isEmpty()) {
        common.remark(
            "no kernels are timed: method " + scope.plan().method().label() + " gives no factors");
      }
      if (common.json()) {
        StandardOutput.document(EditOptions.noted(result.toJson(), notes));
      } else {
        ProfileText.print(StandardOutput.stdout(), result, flips);
      }
    }
    return 0;
  }

  private ProfileScope atRates() {
    edit.ratioOptions.refuse("--ratio");
    return new ProfileScope.AtRates(
        where.layer(), where.modules(), where.pruningRates(), edit.method.plan());
  }

  /** Closes the progress bar before the result is printed. */
  private ProfileResult run(LoadedModel loaded, ProfileRequest request) {
    try (Progress progress = new Progress("profile", "steps", common.quiet)) {
      return Profile.run(loaded, request, progress);
    }
  }

  /** Refuses options that would be ignored. */
  private void checkUsage() {
    if (edit.isGiven()) {
      for (String option : List.of("--layer", "--module", "--rates")) {
        if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
          throw new UsageException(
              option + ": expected without --edit, --ratio and --plan, found both");
        }
      }
    }
    if (noTime && rows != null) {
      throw new UsageException("--rows: expected without --no-time, found both");
    }
    if (noTime && precise) {
      throw new UsageException("--precise: expected without --no-time, found both");
    }
    if (split.part != null && (input == null || input.task == null)) {
      throw new UsageException("--split: expected with --task only");
    }
  }

  private TextSource text() {
    if (input == null) {
      return new TextSource.BuiltInSource();
    }
    if (input.prompt != null) {
      return new TextSource.PromptSource(input.prompt);
    }
    if (input.ids != null) {
      return new TextSource.IdsSource(input.ids.stream().mapToInt(Integer::intValue).toArray());
    }
    EvaluationOptions options = input.task.options(split.part());
    return new TextSource.TaskSource(
        input.task.load(),
        input.task.data(),
        options.limit().isPresent() ? options : options.withLimit(EXAMPLES));
  }
}
