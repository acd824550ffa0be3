package rankine.engine.search;

import java.util.List;
import java.util.Optional;
import rankine.common.EditException;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.engine.sweep.CandidateRates;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.RateRule;
import rankine.engine.sweep.Sweep;
import rankine.engine.sweep.SweepListener;

/**
 * Algorithm 1 of Yao et al. for one layer and module: evaluates every candidate rate on the
 * validation split, chooses one, by default the best, and reports the test split at that rate and
 * unedited. Each rate is applied to the original weights; rate 0 is the unedited model.
 */
public final class RateSearch {

  /**
   * Search space and objective.
   *
   * @param layer one layer, every layer at once, or the guide's choice
   * @param rates candidates; 0 is always one
   * @param rule that chooses one of them
   */
  public record SearchRequest(
      SearchObjective objective,
      LayerSelection layer,
      ModuleSelection modules,
      List<PruningRate> rates,
      RateRule rule) {

    /** Sorts the rates and adds 0; refuses a rate given twice, and several layers. */
    public SearchRequest {
      rates = CandidateRates.withZero(rates);
      if (layer instanceof LayerSelection.Several) {
        throw new EditException("layer: expected one, -1 or auto, found several");
      }
    }
  }

  private RateSearch() {}

  /** Runs the search on an unedited model: a sweep of one group, kept in memory. */
  public static SearchResult run(
      LoadedModel loaded, SearchRequest request, SweepListener listener) {
    Optional<LayerGuide> guide =
        request.layer instanceof LayerSelection.Auto
            ? Optional.of(LayerGuide.of(loaded, request.modules, listener))
            : Optional.empty();
    int layer =
        request.layer instanceof LayerSelection.One one ? one.layer() : guide.get().chosen();
    LayerTarget target = new LayerTarget(layer, request.modules);
    EditOverlay.check(loaded.model(), List.of(target.edit(request.rates.getLast())));
    SearchObjective objective = request.objective;
    return SearchResult.of(
        request,
        layer,
        guide,
        notes(loaded, request, target),
        Sweep.inMemory(
            loaded,
            objective.data(),
            objective.seeds(),
            target,
            request.rates,
            objective.plan(),
            request.rule,
            listener));
  }

  /** What is said of all rates, which share a decomposition: that of the smallest above 0. */
  private static List<String> notes(LoadedModel loaded, SearchRequest request, LayerTarget target) {
    if (request.rates.size() == 1) {
      return List.of();
    }
    PruningRate smallest = request.rates.get(1);
    return request
        .objective
        .plan()
        .withSharedSketch(smallest)
        .withEdits(List.of(target.edit(smallest)))
        .notes(loaded.original());
  }
}
