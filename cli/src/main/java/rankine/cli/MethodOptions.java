package rankine.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  String method;

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
      description = "Seed of the randomized SVD's sketch (default: 0).")
  Long seed;

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

  /** The name of the method. */
  String name() {
    return method == null ? "exact" : method;
  }

  /** Returns the first of these options that the user gave; all of them are about edits. */
  Optional<String> given() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("--method", method);
    options.put("--factored", factored);
    options.put("--svd-seed", seed);
    options.put("--svd-preset", preset);
    options.put("--svd-oversampling", oversampling);
    options.put("--svd-power-iterations", powerIterations);
    return options.entrySet().stream()
        .filter(option -> option.getValue() != null)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  EditPlan plan() {
    return plan(FactoredMode.AUTO);
  }

  /**
   * @param otherwise the default of {@code --factored}
   */
  EditPlan plan(FactoredMode otherwise) {
    EditMethod chosen = UsageException.parse("--method", name(), EditMethod::of);
    if (chosen != EditMethod.RANDOMIZED) {
      refuse("--svd-seed", seed);
      refuse("--svd-preset", preset);
      refuse("--svd-oversampling", oversampling);
      refuse("--svd-power-iterations", powerIterations);
    }
    SketchOptions sketch =
        new SketchOptions(
            preset == null ? SketchOptions.Preset.STANDARD : preset,
            optional(oversampling),
            optional(powerIterations),
            seed == null ? 0 : seed);
    if (chosen == EditMethod.MAGNITUDE && factored == FactoredMode.ALWAYS) {
      throw new UsageException(
          "--factored always: expected with a method of low rank, found --method magnitude");
    }
    return new EditPlan(List.of(), chosen, factored == null ? otherwise : factored, sketch);
  }

  private void refuse(String option, Object given) {
    if (given != null) {
      throw new UsageException(
          "%s: expected with --method randomized only, found --method %s"
              .formatted(option, name()));
    }
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
