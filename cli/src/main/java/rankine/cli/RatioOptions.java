package rankine.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import rankine.common.io.Shown;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.LayerRange;
import rankine.engine.edit.RankAllocation;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.sweep.ModelTarget;

/** What a ratio for the whole model leaves, and where. */
final class RatioOptions {
  @Option(
      names = "--rank-multiple",
      converter = RangeConverters.Positive.class,
      paramLabel = "M",
      description =
          "With a ratio: round ranks up to a multiple of M; what is really removed is printed"
              + " (default: 1).")
  Integer multiple;

  @Option(
      names = "--skip-layers",
      paramLabel = "LIST",
      description = "With a ratio: layers to leave as they are, e.g. 0,20-27 (default: none).")
  String skipped;

  @Option(
      names = "--allocation",
      paramLabel = "HOW",
      description =
          "With a ratio: uniform (each matrix loses that fraction) or, with --calibration, loss (as"
              + " many parameters in all, spent where the output error on the text falls most; no"
              + " matrix gets less than half of its uniform rank) (default: uniform).")
  RankAllocation allocation;

  /** Parses the values of {@code --methods}. */
  static List<ModelTarget> methods(List<String> names) {
    return UsageException.distinct(
        "--methods",
        names.stream()
            .map(name -> UsageException.parse("--methods", name, ModelTarget::parse))
            .toList());
  }

  /** Parses the values of {@code --ratios}. */
  static List<PruningRate> ratios(List<String> values) {
    return UsageException.distinct(
        "--ratios",
        values.stream()
            .map(ratio -> UsageException.parse("--ratios", ratio, PruningRate::parse))
            .toList());
  }

  int multiple() {
    return multiple == null ? 1 : multiple;
  }

  RankAllocation allocation() {
    return allocation == null ? RankAllocation.UNIFORM : allocation;
  }

  List<LayerRange> skippedLayers() {
    if (skipped == null) {
      return List.of();
    }
    return LayerRange.parse(skipped)
        .filter(ranges -> ranges.stream().noneMatch(range -> range.from() == Edit.EVERY_LAYER))
        .orElseThrow(
            () ->
                new UsageException(
                    "--skip-layers: expected layers such as 0,20-27, found '"
                        + Shown.brief(skipped)
                        + "'"));
  }

  /** The options by name; null for one that was not given. */
  Map<String, Object> given() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("--rank-multiple", multiple);
    options.put("--skip-layers", skipped);
    options.put("--allocation", allocation);
    return options;
  }

  /** Refuses all of them: there is no ratio. */
  void refuse(String ratio) {
    given()
        .forEach(
            (option, value) -> {
              if (value != null) {
                throw new UsageException(option + ": expected with " + ratio + ", found none");
              }
            });
  }

  /**
   * Checks the options for a method.
   *
   * @param option that named the method
   */
  void check(EditMethod method, String option) {
    if (allocation == RankAllocation.LOSS && !method.isCalibrated()) {
      throw new UsageException(
          "--allocation loss: expected with %s asvd, whitened or anchored, found %s %s"
              .formatted(option, option, method.label()));
    }
    skippedLayers();
  }
}
