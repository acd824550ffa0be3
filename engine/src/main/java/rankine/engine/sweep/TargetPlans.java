package rankine.engine.sweep;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
public record TargetPlans(Optional<EditPlan> layers, Optional<CompressionSettings> models) {
  /**
   * Returns the same with one sketch for all rates of a layer's matrix.
   *
   * @param rates ascending; the first is 0
   */
  TargetPlans shared(List<PruningRate> rates) {
    return new TargetPlans(layers.map(plan -> plan.sharedBy(rates)), models);
  }

  /**
   * Returns sentences that a reader of the results must know.
   *
   * @param rates of a target, ascending; the first is 0
   */
  List<String> notes(
      LoadedModel loaded,
      Collection<EditTarget> targets,
      Function<EditTarget, List<PruningRate>> rates) {
    Set<String> exact = new LinkedHashSet<>();
    for (EditTarget target : targets) {
      List<PruningRate> candidates = rates.apply(target);
      if (candidates.size() > 1) { // the smallest rate above 0 wants the largest rank
        exact.addAll(
            uniform(loaded, target, candidates.get(1)).decomposedExactly(loaded.original()));
      }
    }
    return EditPlan.notes(exact);
  }

  /**
   * Returns the matrices that a target prunes at a rate, as edits; their ranks are those of {@link
   * #edited} unless an allocation shares them out.
   *
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  List<Edit> edits(LoadedModel loaded, EditTarget target, PruningRate rate) {
    return uniform(loaded, target, rate).edits();
  }

  /** Returns the plan of a target at a rate, for a whole model without an allocation. */
  EditPlan uniform(LoadedModel loaded, EditTarget target, PruningRate rate) {
    return switch (target) {
      case LayerTarget layer ->
          layers.orElseThrow(TargetPlans::missing).withEdits(List.of(layer.edit(rate)));
      case ModelTarget model -> settings().uniform(model, rate, loaded.original().layers().size());
    };
  }

  /** Returns the edited model; {@code listener} sees the matrices of a calibrated method. */
  LoadedModel edited(
      LoadedModel loaded, EditTarget target, PruningRate rate, SweepListener listener) {
    listener.begin(target.at(rate));
    try {
      EditPlan plan =
          switch (target) {
            case LayerTarget _ -> uniform(loaded, target, rate);
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
