package rankine.cli;

import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.SketchOptions;

/** The pruning method and its settings. */
final class MethodOptions {
  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "Pruning method: exact (truncated SVD), randomized (by randomized SVD), magnitude"
              + " (that fraction of the elements becomes 0, the smallest first) or zero (the whole"
              + " matrix becomes 0) (default: exact).")
  String method = "exact";

  @Option(
      names = "--factored",
      paramLabel = "WHEN",
      description =
          "Keep a pruned matrix as two low-rank factors: auto (where they have fewer elements),"
              + " always or never (default: auto; in prune: never).")
  FactoredMode factored;

  @Option(
      names = "--svd-seed",
      paramLabel = "S",
      description = "Seed of the randomized SVD's sketch (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--svd-preset",
      paramLabel = "NAME",
      description =
          "Parameters of the randomized SVD: standard (half the rank, at least 10, as oversampling;"
              + " three power iterations) or paper (no oversampling, two) (default: standard).")
  SketchOptions.Preset preset;

  @Option(
      names = "--svd-oversampling",
      converter = RangeConverters.Natural.class,
      paramLabel = "P",
      description = "Sketch vectors beyond the rank (default: the preset's).")
  Integer oversampling;

  @Option(
      names = "--svd-power-iterations",
      converter = RangeConverters.PowerIterations.class,
      paramLabel = "Q",
      description = "Power iterations of the randomized SVD (default: the preset's).")
  Integer powerIterations;

  EditPlan plan() {
    return plan(FactoredMode.AUTO);
  }

  /**
   * @param otherwise the default of {@code --factored}
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
