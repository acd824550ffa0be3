package rankine.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import rankine.common.io.TextFile;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.SketchOptions;

/** The pruning method and its settings. */
final class MethodOptions {
  private static final int DEFAULT_CONTEXT = 256;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "Pruning method: exact (truncated SVD), randomized (by randomized SVD), magnitude"
              + " (that fraction of the elements becomes 0, the smallest first) or zero (the whole"
              + " matrix becomes 0); with --calibration: asvd (inputs scaled by their mean size),"
              + " whitened (the outputs on the calibration text change least) or anchored (from the"
              + " pruned model's inputs towards the original model's outputs) (default: exact).")
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

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "Text whose activations asvd, whitened and anchored keep.")
  Path calibration;

  @Option(
      names = "--calibration-context",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "Tokens of a calibration window (default: 256).")
  Integer calibrationContext;

  @Option(
      names = "--calibration-windows",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description =
          "Calibration windows, from the start of the text. 20 to 100 tokens for each input feature"
              + " are enough (default: "
              + Calibration.DEFAULT_WINDOWS
              + ").")
  Integer calibrationWindows;

  @Option(
      names = "--sequential",
      paramLabel = "WHAT",
      description =
          "Inputs for asvd and whitened: those in the original model (none), behind the compressed"
              + " blocks (block), or behind all compressed matrices before (group) (default: none).")
  Calibration.Sequential sequential;

  @Option(
      names = "--anchor",
      paramLabel = "B",
      description =
          "Share of the original model's outputs in the target of anchored, 0 to 1 (default: "
              + Calibration.DEFAULT_ANCHOR
              + ").")
  Double anchor;

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
    options.putAll(calibrationOptions());
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
      refuse("--svd-seed", seed, "randomized");
      refuse("--svd-preset", preset, "randomized");
      refuse("--svd-oversampling", oversampling, "randomized");
      refuse("--svd-power-iterations", powerIterations, "randomized");
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
    return new EditPlan(
        List.of(), chosen, factored == null ? otherwise : factored, sketch, calibration(chosen));
  }

  private Map<String, Object> calibrationOptions() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("--calibration", calibration);
    options.put("--calibration-context", calibrationContext);
    options.put("--calibration-windows", calibrationWindows);
    options.put("--sequential", sequential);
    options.put("--anchor", anchor);
    return options;
  }

  private Optional<Calibration> calibration(EditMethod chosen) {
    if (!chosen.isCalibrated()) {
      calibrationOptions()
          .forEach((option, given) -> refuse(option, given, "asvd, whitened or anchored"));
      return Optional.empty();
    }
    if (calibration == null) {
      throw new UsageException(
          "--calibration: expected a text for --method %s, found none".formatted(name()));
    }
    if (chosen == EditMethod.ANCHORED) {
      refuse("--sequential", sequential, "asvd or whitened");
    } else {
      refuse("--anchor", anchor, "anchored");
    }
    String sha256 = TextFile.read(calibration).sha256(); // a fault of the file is none of usage
    return Optional.of(
        UsageException.request(
            () ->
                new Calibration(
                    calibration,
                    sha256,
                    calibrationContext == null ? DEFAULT_CONTEXT : calibrationContext,
                    calibrationWindows == null ? Calibration.DEFAULT_WINDOWS : calibrationWindows,
                    sequential == null ? Calibration.Sequential.NONE : sequential,
                    anchor == null ? Calibration.DEFAULT_ANCHOR : anchor)));
  }

  private void refuse(String option, Object given, String methods) {
    if (given != null) {
      throw new UsageException(
          "%s: expected with --method %s only, found --method %s"
              .formatted(option, methods, name()));
    }
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
