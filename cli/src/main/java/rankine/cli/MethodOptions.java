package rankine.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import rankine.common.io.TextFile;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.sweep.CompressionSettings;
import rankine.engine.sweep.ModelTarget;

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
          "Inputs for asvd and whitened: those in the original model (none), after the compressed"
              + " blocks before (block), or after all compressed matrices before (group) (default:"
              + " none).")
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
    EditMethod chosen = chosen();
    check(EnumSet.of(chosen), "--method " + name());
    return plan(chosen, otherwise);
  }

  private EditMethod chosen() {
    return UsageException.parse("--method", name(), EditMethod::of);
  }

  private EditPlan plan(EditMethod chosen, FactoredMode otherwise) {
    return new EditPlan(
        List.of(),
        chosen,
        factored == null ? otherwise : factored,
        sketch(),
        chosen.isCalibrated()
            ? Optional.of(
                calibration(sequential == null ? Calibration.Sequential.NONE : sequential))
            : Optional.empty());
  }

  /** As {@link #plan()}, where options may be meant for whole-model methods too. */
  EditPlan planBeside(List<ModelTarget> methods) {
    check(all(methods, true), named(methods, true));
    return plan(chosen(), FactoredMode.AUTO);
  }

  private EnumSet<EditMethod> all(List<ModelTarget> methods, boolean layered) {
    EnumSet<EditMethod> all = EnumSet.noneOf(EditMethod.class);
    methods.forEach(target -> all.add(target.method()));
    if (layered) {
      all.add(chosen());
    }
    return all;
  }

  private String named(List<ModelTarget> methods, boolean layered) {
    String names = methods.stream().map(ModelTarget::toString).collect(Collectors.joining(","));
    return "--methods " + names + (layered ? " and --method " + name() : "");
  }

  /**
   * Returns the settings of the whole model's methods; a method's name says whose inputs it sees.
   *
   * @param methods of {@code --methods}
   * @param layered whether {@code --method} counts too, for layers
   */
  CompressionSettings settings(List<ModelTarget> methods, boolean layered, RatioOptions ratios) {
    if (!layered && method != null) {
      throw new UsageException("--method: expected with --layers, found none");
    }
    if (!layered && sequential != null) {
      throw new UsageException(
          "--sequential: expected in --methods, such as whitened:block, found by itself");
    }
    check(all(methods, layered), named(methods, layered));
    methods.forEach(target -> ratios.check(target.method(), "--methods"));
    return settings(methods, ratios);
  }

  /** Returns the method for the whole model, where {@code --methods} names no others. */
  ModelTarget target() {
    return new ModelTarget(chosen(), sequential == null ? Calibration.Sequential.NONE : sequential);
  }

  /** Returns the settings of {@link #target}. */
  CompressionSettings settings(RatioOptions ratios) {
    check(EnumSet.of(chosen()), "--method " + name());
    ratios.check(chosen(), "--method");
    return settings(List.of(target()), ratios);
  }

  private CompressionSettings settings(List<ModelTarget> methods, RatioOptions ratios) {
    Optional<Calibration> text =
        methods.stream().anyMatch(target -> target.method().isCalibrated())
            ? Optional.of(calibration(Calibration.Sequential.NONE))
            : Optional.empty();
    return UsageException.request(
        () ->
            new CompressionSettings(
                factored == null ? FactoredMode.AUTO : factored,
                sketch(),
                text,
                ratios.multiple(),
                ratios.allocation(),
                ratios.skippedLayers()));
  }

  private SketchOptions sketch() {
    return new SketchOptions(
        preset == null ? SketchOptions.Preset.STANDARD : preset,
        optional(oversampling),
        optional(powerIterations),
        seed == null ? 0 : seed);
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

  /**
   * Refuses an option that no method uses, and a method without the text that it needs.
   *
   * @param found the options that name the methods
   */
  private void check(Set<EditMethod> methods, String found) {
    if (!methods.contains(EditMethod.RANDOMIZED)) {
      refuse("--svd-seed", seed, "randomized", found);
      refuse("--svd-preset", preset, "randomized", found);
      refuse("--svd-oversampling", oversampling, "randomized", found);
      refuse("--svd-power-iterations", powerIterations, "randomized", found);
    }
    if (methods.contains(EditMethod.MAGNITUDE) && factored == FactoredMode.ALWAYS) {
      throw new UsageException(
          "--factored always: expected with a method of low rank, found " + found);
    }
    if (methods.stream().noneMatch(EditMethod::isCalibrated)) {
      calibrationOptions()
          .forEach((option, given) -> refuse(option, given, "asvd, whitened or anchored", found));
      return;
    }
    if (calibration == null) {
      throw new UsageException(
          "--calibration: expected a text for %s, found none".formatted(found));
    }
    if (!methods.contains(EditMethod.ASVD) && !methods.contains(EditMethod.WHITENED)) {
      refuse("--sequential", sequential, "asvd or whitened", found);
    }
    if (!methods.contains(EditMethod.ANCHORED)) {
      refuse("--anchor", anchor, "anchored", found);
    }
  }

  private Calibration calibration(Calibration.Sequential inputs) {
    String sha256 = TextFile.read(calibration).sha256(); // a fault of the file is none of usage
    return UsageException.request(
        () ->
            new Calibration(
                calibration,
                sha256,
                calibrationContext == null ? DEFAULT_CONTEXT : calibrationContext,
                calibrationWindows == null ? Calibration.DEFAULT_WINDOWS : calibrationWindows,
                inputs,
                anchor == null ? Calibration.DEFAULT_ANCHOR : anchor));
  }

  private static void refuse(String option, Object given, String methods, String found) {
    if (given != null) {
      throw new UsageException(
          "%s: expected with --method %s only, found %s".formatted(option, methods, found));
    }
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
