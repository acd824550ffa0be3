package rankine.cli;

import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.SketchOptions;

/** How edits are made. */
final class MethodOptions {
  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "exact (default), randomized, magnitude or zero.")
  String method = "exact";

  @Option(
      names = "--factored",
      paramLabel = "WHEN",
      description =
          "Keep a low-rank matrix as two factors: auto (where they are smaller), always, never."
              + " Without it auto; prune: never.")
  FactoredMode factored;

  @Option(
      names = "--svd-seed",
      paramLabel = "S",
      description = "Of the randomized method's sketch; 0.")
  long seed;

  @Option(
      names = "--svd-preset",
      paramLabel = "NAME",
      description =
          "Of the randomized method: standard (default), or paper, which has no oversampling and two"
              + " power iterations.")
  SketchOptions.Preset preset;

  @Option(
      names = "--svd-oversampling",
      converter = RangeConverters.Natural.class,
      paramLabel = "P",
      description = "Vectors of the sketch beyond the rank, instead of the preset's number.")
  Integer oversampling;

  @Option(
      names = "--svd-power-iterations",
      converter = RangeConverters.Natural.class,
      paramLabel = "Q",
      description = "Power iterations, instead of the preset's number.")
  Integer powerIterations;

  EditPlan plan() {
    return plan(FactoredMode.AUTO);
  }

  /**
   * @param otherwise without {@code --factored}
   */
  EditPlan plan(FactoredMode otherwise) {
    EditMethod chosen = EditMethod.of(method);
    if (chosen != EditMethod.RANDOMIZED) {
      refuse("--svd-preset", preset);
      refuse("--svd-oversampling", oversampling);
      refuse("--svd-power-iterations", powerIterations);
    }
    SketchOptions sketch =
        new SketchOptions(
            preset == null ? SketchOptions.Preset.STANDARD : preset,
            optional(oversampling),
            optional(powerIterations),
            seed);
    return new EditPlan(List.of(), chosen, factored == null ? otherwise : factored, sketch);
  }

  private void refuse(String option, Object given) {
    if (given != null) {
      throw new UsageException(
          "%s: expected with --method randomized only, found --method %s"
              .formatted(option, method));
    }
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
