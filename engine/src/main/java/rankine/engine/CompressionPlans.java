package rankine.engine;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import rankine.common.EditException;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.RankAllocation;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.run.LoadedModel;

/** Plans of edits for the compressions of the facade. */
final class CompressionPlans {
  private CompressionPlans() {}

  /**
   * Returns the plan of a compression of {@code loaded}.
   *
   * @throws EditException for a value out of range, or a layer that the model does not have
   * @throws rankine.common.TaskException for a calibration text that cannot be read
   */
  static EditPlan of(Compression compression, LoadedModel loaded) {
    if (!Double.isFinite(compression.ratio())) {
      throw new EditException("ratio: expected a number in [0, 1), found " + compression.ratio());
    }
    Calibration.Sequential sequential =
        named(
            "sequential",
            Calibration.Sequential.values(),
            Calibration.Sequential::label,
            compression.sequential());
    EditPlan method =
        new EditPlan(
            List.of(),
            EditMethod.of(compression.method()),
            FactoredMode.AUTO,
            SketchOptions.standard(0),
            compression
                .calibration()
                .map(
                    text ->
                        Calibration.of(
                            text,
                            compression.context(),
                            compression.windows(),
                            sequential,
                            compression.anchor())));
    int layers = loaded.original().layers().size();
    Set<Integer> skipped = new LinkedHashSet<>(compression.skippedLayers());
    for (int layer : skipped) {
      if (layer < 0 || layer >= layers) {
        throw new EditException(
            "skipped layers: expected 0 to %d, found %d".formatted(layers - 1, layer));
      }
    }
    EditPlan uniform =
        method.withRatio(
            new ParameterRatio(BigDecimal.valueOf(compression.ratio()), compression.rankMultiple()),
            skipped,
            layers);
    RankAllocation allocation =
        named(
            "allocation", RankAllocation.values(), RankAllocation::label, compression.allocation());
    return loaded.allocated(uniform, allocation, (name, rank, error, done, total) -> {});
  }

  /** Returns the value of that label. */
  static <T> T named(String key, T[] values, Function<T, String> label, String name) {
    return Arrays.stream(values)
        .filter(value -> label.apply(value).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new EditException(
                    "%s: expected one of %s, found '%s'"
                        .formatted(
                            key,
                            Arrays.stream(values).map(label).collect(Collectors.joining(", ")),
                            name)));
  }
}
