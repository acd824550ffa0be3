package rankine.engine.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditException;
import rankine.engine.edit.Edits;
import rankine.engine.edit.Modules;
import rankine.engine.icl.Part;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.run.LoadedModel;

/**
 * Algorithm 1 for one layer and module: evaluate every candidate rate on the validation part, keep
 * the best, report the test part with it and without. Each rate is derived from the original
 * weights, and rate 0 is the untouched model.
 */
public final class RateSearch {

  /**
   * What to search.
   *
   * @param layer one, every one at once, or the guide's choice
   * @param rates candidates; 0 is always one
   */
  public record Request(
      SearchTask task, LayerSelection layer, Modules modules, List<ClippingRate> rates) {

    /** Sorts the rates, adds 0, and refuses a rate given twice, and several layers. */
    public Request {
      rates = Rates.withZero(rates);
      if (layer instanceof LayerSelection.Several) {
        throw new EditException("layer: expected one, -1 or auto, found several");
      }
    }
  }

  private RateSearch() {}

  /** Runs the search on an unedited model. */
  public static SearchResult run(LoadedModel loaded, Request request, SearchListener listener) {
    Variants variants = new Variants(loaded, request.task, listener);
    Optional<LayerGuide> guide =
        request.layer instanceof LayerSelection.Auto
            ? Optional.of(LayerGuide.of(loaded, request.modules, listener))
            : Optional.empty();
    int layer =
        request.layer instanceof LayerSelection.One one ? one.layer() : guide.get().chosen();
    Edits.check(loaded.model(), List.of(new Edit(layer, request.modules, request.rates.getLast())));

    Variant plain = variants.evaluate("0", List.of(), Part.VALIDATION);
    List<List<OnSeed>> others = new ArrayList<>();
    for (ClippingRate rate : request.rates.subList(1, request.rates.size())) {
      List<Edit> edits = List.of(new Edit(layer, request.modules, rate));
      Variant pruned = variants.evaluate(rate.toString(), edits, Part.VALIDATION);
      others.add(OnSeed.compared(pruned, plain));
    }
    List<SearchResult.Candidate> candidates = new ArrayList<>();
    candidates.add(new SearchResult.Candidate(ClippingRate.ZERO, OnSeed.plain(plain)));
    for (List<OnSeed> seeds : OnSeed.corrected(others)) {
      candidates.add(new SearchResult.Candidate(request.rates.get(candidates.size()), seeds));
    }
    List<ClippingRate> best =
        Choice.best(candidates.stream().mapToDouble(c -> OnSeed.score(c.seeds())).toArray())
            .stream()
            .map(request.rates::get)
            .toList();
    ClippingRate chosen = best.getFirst();
    List<Edit> edits =
        chosen.isZero() ? List.of() : List.of(new Edit(layer, request.modules, chosen));
    SeedTests test = SeedTests.of(variants, chosen.toString(), edits);
    return new SearchResult(request, layer, guide, candidates, chosen, best, test);
  }
}
