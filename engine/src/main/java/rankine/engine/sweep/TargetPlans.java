package rankine.engine.sweep;

import java.util.List;
import java.util.Optional;
import rankine.common.RunException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;

/**
 * Makes the models of targets.
 *
 * @param layers method and factored mode for layers; its edits are ignored. Absent if no target is
 *     a layer's
 * @param models the settings for whole models; absent if no target is one
 */
record TargetPlans(Optional<EditPlan> layers, Optional<CompressionSettings> models) {
  static TargetPlans ofLayers(EditPlan plan) {
    return new TargetPlans(Optional.of(plan), Optional.empty());
  }

  /**
   * Returns the matrices that a target prunes at a rate, as edits; their ranks are those of {@link
   * #edited} unless an allocation shares them out.
   *
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  List<Edit> edits(LoadedModel loaded, EditTarget target, PruningRate rate) {
    return switch (target) {
      case LayerTarget layer -> List.of(layer.edit(rate));
      case ModelTarget model ->
          settings().uniform(model, rate, loaded.original().layers().size()).edits();
    };
  }

  /** Returns the edited model; {@code listener} sees the matrices of a calibrated method. */
  LoadedModel edited(
      LoadedModel loaded, EditTarget target, PruningRate rate, SweepListener listener) {
    listener.begin(target.at(rate));
    try {
      EditPlan plan =
          switch (target) {
            case LayerTarget layer ->
                layers.orElseThrow(TargetPlans::missing).withEdits(List.of(layer.edit(rate)));
            case ModelTarget model ->
                settings()
                    .plan(
                        loaded,
                        model,
                        rate,
                        (name, rank, error, done, total) -> listener.progress(done, total));
          };
      return loaded.edited(
          plan, (name, rank, error, done, total) -> listener.progress(done, total));
    } finally {
      listener.end();
    }
  }

  private CompressionSettings settings() {
    return models.orElseThrow(TargetPlans::missing);
  }

  private static RunException missing() {
    return new RunException("targets: expected the settings of each, found none of some");
  }
}
