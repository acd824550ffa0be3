package rankine.engine.sweep;

import static rankine.common.io.JsonKind.integer;
import static rankine.common.io.JsonKind.oneOf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rankine.common.EditException;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;
import rankine.engine.calibration.CalibratedCompression.CompressionListener;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.LayerRange;
import rankine.engine.edit.RankAllocation;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.run.LoadedModel;

/**
 * How a whole model is compressed, but for the method and the ratio.
 *
 * @param calibration for the methods that need one; a {@link ModelTarget} says whose inputs count
 * @param rankMultiple ranks are rounded up to a multiple of it, at least 1
 * @param skipped layers that stay as they are
 */
public record CompressionSettings(
    FactoredMode factored,
    SketchOptions sketch,
    Optional<Calibration> calibration,
    int rankMultiple,
    RankAllocation allocation,
    List<LayerRange> skipped) {
  private static final JsonKind<List<LayerRange>> LAYERS =
      new JsonKind<>(
          "layers such as 0,20-27, or an empty text",
          node ->
              !node.isTextual()
                  ? Optional.empty()
                  : node.textValue().isEmpty()
                      ? Optional.of(List.of())
                      : LayerRange.parse(node.textValue()));

  /** Copies the list; the calibration's inputs become those of the original model. */
  public CompressionSettings {
    skipped = List.copyOf(skipped);
    calibration = calibration.map(text -> text.withSequential(Calibration.Sequential.NONE));
    if (rankMultiple < 1) {
      throw new EditException("rank multiple: expected at least 1, found " + rankMultiple);
    }
  }

  /**
   * Checks that the method has what it needs.
   *
   * @throws EditException for a method that lacks a calibration text
   */
  void check(ModelTarget target) {
    if (target.method().isCalibrated() && calibration.isEmpty()) {
      throw new EditException(
          "method %s: expected a calibration text, found none".formatted(target.method().label()));
    }
    if (!target.method().isCalibrated() && allocation == RankAllocation.LOSS) {
      throw new EditException(
          "allocation loss: expected methods with a calibration text, found "
              + target.method().label());
    }
  }

  /**
   * Returns the plan of a ratio with the same ratio for every matrix, whatever the allocation.
   *
   * @param layers number of layers of the model
   * @throws EditException for a skipped layer that the model does not have, or if all are skipped
   */
  EditPlan uniform(ModelTarget target, PruningRate ratio, int layers) {
    return method(target)
        .withRatio(new ParameterRatio(ratio.value(), rankMultiple), skipped(layers), layers);
  }

  private EditPlan method(ModelTarget target) {
    check(target);
    return new EditPlan(
        List.of(),
        target.method(),
        factored,
        sketch,
        target.method().isCalibrated()
            ? calibration.map(text -> text.withSequential(target.sequential()))
            : Optional.empty());
  }

  private Set<Integer> skipped(int layers) {
    return Set.copyOf(
        LayerRange.layers(
            skipped,
            layers,
            layer ->
                new EditException(
                    "skipped layers: expected 0 to %d, found %d".formatted(layers - 1, layer))));
  }

  /**
   * Returns the plan of a ratio.
   *
   * @param listener receives the matrices of {@code allocation loss}
   */
  EditPlan plan(
      LoadedModel loaded, ModelTarget target, PruningRate ratio, CompressionListener listener) {
    return loaded.allocated(
        uniform(target, ratio, loaded.original().layers().size()), allocation, listener);
  }

  static CompressionSettings of(JsonObject json) {
    CompressionSettings settings =
        new CompressionSettings(
            json.get("factored", oneOf(FactoredMode.values(), FactoredMode::label)),
            SketchOptions.of(json.object("sketch")),
            json.has("calibration")
                ? Optional.of(Calibration.of(json.object("calibration")))
                : Optional.empty(),
            json.get("rank_multiple", integer(1, Integer.MAX_VALUE)),
            json.get("allocation", oneOf(RankAllocation.values(), RankAllocation::label)),
            json.get("skipped_layers", LAYERS));
    json.done();
    return settings;
  }

  /** The settings, each under its own key. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("factored", factored.label());
    json.set("sketch", sketch.toJson());
    calibration.ifPresent(text -> json.set("calibration", text.toJson()));
    return json.put("rank_multiple", rankMultiple)
        .put("allocation", allocation.label())
        .put(
            "skipped_layers",
            skipped.stream().map(LayerRange::toString).collect(Collectors.joining(",")));
  }
}
