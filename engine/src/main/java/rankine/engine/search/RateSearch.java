package rankine.engine.search;

import java.util.List;
import java.util.Optional;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.GridCost;
import rankine.engine.sweep.CandidateRates;
import rankine.engine.sweep.CompressionSettings;
import rankine.engine.sweep.CostCount;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.RateRule;
import rankine.engine.sweep.SearchGroup;
import rankine.engine.sweep.Sweep;
import rankine.engine.sweep.SweepListener;
import rankine.engine.sweep.TargetPlans;

/**
 * Algorithm 1 of Yao et al. for one layer and module, or for methods that compress the whole model:
 * evaluates every candidate on the validation split, chooses one, by default the best, and reports
 * the test split for that one and unedited. Each is applied to the original weights; rate 0 is the
 * unedited model.
 */
public final class RateSearch {

  /**
   * Search space and objective.
   *
   * @param rates candidates; 0 is always one
   * @param rule that chooses one of them
   */
  public record SearchRequest(
      SearchObjective objective, SearchSpace space, List<PruningRate> rates, RateRule rule) {

    /** Sorts the rates and adds 0; refuses a rate given twice. */
    public SearchRequest {
      rates = CandidateRates.withZero(rates);
    }

    /**
     * Counts what the search costs.
     *
     * @throws rankine.common.EditException for a layer or module that the model does not have
     * @throws rankine.common.TaskException for a fault in the data
     */
    public GridCost cost(LoadedModel loaded) {
      CostCount count = new CostCount(loaded);
      switch (space) {
        case SearchSpace.InLayer(LayerSelection.One one, ModuleSelection modules, EditPlan plan) ->
            count.add(new LayerTarget(one.layer(), modules), plan.method(), rates);
        case SearchSpace.InLayer(_, ModuleSelection modules, EditPlan plan) ->
            count.addGuided(modules, plan.method(), rates);
        case SearchSpace.WholeModel(List<ModelTarget> methods, CompressionSettings settings) ->
            methods.forEach(method -> count.add(method, settings, rates));
      }
      count.add(objective.data(), objective.seeds());
      return count.cost(rates.size() - 1);
    }
  }

  private RateSearch() {}

  /** Runs the search on an unedited model: a sweep of one group, kept in memory. */
  public static SearchResult run(
      LoadedModel loaded, SearchRequest request, SweepListener listener) {
    Optional<LayerGuide> guide =
        request.space instanceof SearchSpace.InLayer(LayerSelection.Auto _, var modules, _)
            ? Optional.of(LayerGuide.of(loaded, modules, listener))
            : Optional.empty();
    List<? extends EditTarget> targets =
        switch (request.space) {
          case SearchSpace.InLayer space -> List.of(space.target(guide));
          case SearchSpace.WholeModel space -> space.methods();
        };
    TargetPlans plans =
        switch (request.space) {
          case SearchSpace.InLayer space ->
              new TargetPlans(Optional.of(space.plan()), Optional.empty());
          case SearchSpace.WholeModel space ->
              new TargetPlans(Optional.empty(), Optional.of(space.settings()));
        };
    SearchGroup group =
        Sweep.inMemory(
            loaded,
            request.objective.data(),
            request.objective.seeds(),
            targets,
            request.rates,
            plans,
            request.rule,
            listener);
    return SearchResult.of(request, guide, group);
  }
}
