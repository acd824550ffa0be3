package rankine.engine.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.engine.stats.BestCandidates;
import rankine.engine.sweep.CandidateRates;

/**
 * Algorithm 1 of Yao et al. for one layer and module: evaluates every candidate rate on the
 * validation split, chooses the best, and reports the test split at that rate and unedited. Each
 * rate is applied to the original weights; rate 0 is the unedited model.
 */
public final class RateSearch {

  /**
   * Search space and objective.
   *
   * @param layer one layer, every layer at once, or the guide's choice
   * @param rates candidates; 0 is always one
   */
  public record SearchRequest(
      SearchObjective objective,
      LayerSelection layer,
      ModuleSelection modules,
      List<PruningRate> rates) {

    /** Sorts the rates and adds 0; refuses a rate given twice, and several layers. */
    public SearchRequest {
      rates = CandidateRates.withZero(rates);
      if (layer instanceof LayerSelection.Several) {
        throw new EditException("layer: expected one, -1 or auto, found several");
      }
    }
  }

  private RateSearch() {}

  /** Runs the search on an unedited model. */
  public static SearchResult run(
      LoadedModel loaded, SearchRequest request, SearchListener listener) {
    Optional<LayerGuide> guide =
        request.layer instanceof LayerSelection.Auto
            ? Optional.of(LayerGuide.of(loaded, request.modules, listener))
            : Optional.empty();
    int layer =
        request.layer instanceof LayerSelection.One one ? one.layer() : guide.get().chosen();
    Edit highest = new Edit(layer, request.modules, request.rates.getLast());
    EditOverlay.check(loaded.model(), List.of(highest));
    try (VariantRunner variants =
        new VariantRunner(loaded, request.objective, List.of(highest), listener)) {
      return run(request, layer, guide, variants);
    }
  }

  private static SearchResult run(
      SearchRequest request, int layer, Optional<LayerGuide> guide, VariantRunner variants) {
    VariantResults plain = variants.evaluate("0", List.of(), EvaluationSplit.VALIDATION);
    List<List<SeedValidation>> others = new ArrayList<>();
    for (PruningRate rate : request.rates.subList(1, request.rates.size())) {
      List<Edit> edits = List.of(new Edit(layer, request.modules, rate));
      VariantResults pruned = variants.evaluate(rate.toString(), edits, EvaluationSplit.VALIDATION);
      others.add(SeedValidation.compared(pruned, plain));
    }
    List<SearchResult.RateCandidate> candidates = new ArrayList<>();
    candidates.add(new SearchResult.RateCandidate(PruningRate.ZERO, SeedValidation.plain(plain)));
    for (List<SeedValidation> seeds : SeedValidation.corrected(others)) {
      candidates.add(new SearchResult.RateCandidate(request.rates.get(candidates.size()), seeds));
    }
    List<PruningRate> best =
        BestCandidates.best(
                candidates.stream().mapToDouble(c -> SeedValidation.score(c.seeds())).toArray())
            .stream()
            .map(request.rates::get)
            .toList();
    PruningRate chosen = best.getFirst();
    List<Edit> edits =
        chosen.isZero() ? List.of() : List.of(new Edit(layer, request.modules, chosen));
    SeedTests test = SeedTests.of(variants, chosen.toString(), edits);
    return new SearchResult(request, layer, guide, candidates, chosen, best, test);
  }
}
