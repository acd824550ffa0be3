package rankine.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.profile.Profile;
import rankine.engine.profile.ProfileRequest;
import rankine.engine.profile.ProfileResult;
import rankine.engine.profile.TextSource;
import rankine.engine.profile.TimingConfig;
import rankine.engine.run.LoadedModel;

/** {@code profile}: what each rate does to a matrix, its output, the logits and the time. */
@Command(
    name = "profile",
    sortOptions = false,
    description =
        "The kernel-level study: for each rate the error of matrices and of their outputs on real"
            + " activations, the change in the final logits, and time, FLOP/s and bytes of each"
            + " kernel, dense and factored, with the crossover rank.")
final class ProfileCommand implements Callable<Integer> {
  private static final int EXAMPLES = 8;

  @Mixin LayerOptions where;

  @ArgGroup ProfileInput input;

  /** What the model reads; without any, a short English text. */
  static final class ProfileInput {
    @Option(
        names = "--prompt",
        required = true,
        paramLabel = "TEXT",
        description =
            "What the model reads, with BOS if the tokenizer's configuration says so; without"
                + " this, --ids or --task a short English text.")
    String prompt;

    @Option(
        names = "--ids",
        split = ",",
        required = true,
        paramLabel = "ID",
        description = "The same as token ids; nothing is added, no tokenizer is needed.")
    List<Integer> ids;

    /** The prompts of examples; of eight unless --limit says otherwise. */
    @ArgGroup(exclusive = false)
    TaskOptions task;
  }

  @Option(
      names = "--rows",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "Rows of a prefill in the timings; ${DEFAULT-VALUE}. A decode has one.",
      defaultValue = "256")
  int rows;

  @Option(
      names = "--no-time",
      description = "Time nothing: the result is then the same every time.")
  boolean noTime;

  @Option(
      names = "--flips",
      converter = RangeConverters.Natural.class,
      paramLabel = "N",
      description = "Flipped tokens shown for a rate in text; ${DEFAULT-VALUE}. JSON has all.",
      defaultValue = "20")
  int flips;

  @Mixin MethodOptions method;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    ProfileRequest request =
        new ProfileRequest(
            where.layer,
            where.modules(),
            where.pruningRates(),
            method.plan(),
            text(),
            noTime
                ? Optional.empty()
                : Optional.of(new ProfileRequest.Timed(rows, TimingConfig.STANDARD)));
    try (LoadedModel loaded =
        LoadedModel.open(where.model, common.backendOptions(), cache.cache(common))) {
      ProfileResult result = run(loaded, request);
      if (request.timing().isPresent() && result.kernels().isEmpty()) {
        common.remark("no kernels are timed: method " + method.method + " gives no factors");
      }
      if (common.json()) {
        StandardOutput.document(result.toJson());
      } else {
        ProfileText.print(StandardOutput.stdout(), result, flips);
      }
    }
    return 0;
  }

  /** The bar is gone before the result is printed. */
  private ProfileResult run(LoadedModel loaded, ProfileRequest request) {
    try (Progress progress = new Progress("profile", "steps", common.quiet)) {
      return Profile.run(loaded, request, progress);
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
    EvaluationOptions options = input.task.options();
    return new TextSource.TaskSource(
        input.task.load(),
        input.task.data,
        options.limit().isPresent() ? options : options.withLimit(EXAMPLES));
  }
}
