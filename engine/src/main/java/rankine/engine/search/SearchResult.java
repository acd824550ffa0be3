package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.BestCandidates;
import rankine.engine.sweep.EvaluationRecord;
import rankine.engine.sweep.GroupResult;

/**
 * Result of a rate search.
 *
 * @param layer that was searched: from 0, or {@link rankine.engine.edit.Edit#EVERY_LAYER}
 * @param guide that chose the layer; empty if the user did
 * @param candidates every rate on validation, ascending
 * @param chosen one of the rates, by the request's rule
 * @param best all rates with the highest score on validation, ascending
 * @param test the unedited model and the one at the chosen rate
 * @param notes plain sentences that a reader of the numbers must know
 */
public record SearchResult(
    RateSearch.SearchRequest request,
    int layer,
    Optional<LayerGuide> guide,
    List<RateCandidate> candidates,
    PruningRate chosen,
    List<PruningRate> best,
    SeedTests test,
    List<String> notes) {

  /** Copies the lists. */
  public SearchResult {
    candidates = List.copyOf(candidates);
    best = List.copyOf(best);
    notes = List.copyOf(notes);
  }

  /**
   * A rate with its validation results.
   *
   * @param ranks that it keeps: see {@link rankine.engine.sweep.Cell#ranks}
   * @param seeds one result per seed
   */
  public record RateCandidate(PruningRate rate, List<Integer> ranks, List<SeedValidation> seeds) {
    /** Copies the lists. */
    public RateCandidate {
      ranks = List.copyOf(ranks);
      seeds = List.copyOf(seeds);
    }

    /** The mean accuracy over seeds, or the perplexity. */
    public double shown() {
      return SeedValidation.shown(seeds);
    }
  }

  /**
   * Collects the groups of a search, one per seed.
   *
   * @param notes on how the edits are computed
   * @param groups all with the same choice
   */
  static SearchResult of(
      RateSearch.SearchRequest request,
      int layer,
      Optional<LayerGuide> guide,
      List<String> notes,
      List<GroupResult> groups) {
    List<Long> seeds = request.objective().seeds();
    List<EvaluationRecord> plain = validation(groups, PruningRate.ZERO);
    List<PruningRate> others = request.rates().subList(1, request.rates().size());
    List<List<SeedValidation>> compared =
        SeedValidation.corrected(
            others.stream()
                .map(rate -> SeedValidation.compared(seeds, validation(groups, rate), plain))
                .toList());
    List<RateCandidate> candidates = new ArrayList<>();
    candidates.add(
        new RateCandidate(PruningRate.ZERO, List.of(), SeedValidation.plain(seeds, plain)));
    for (int i = 0; i < others.size(); i++) {
      List<Integer> ranks = groups.getFirst().validation().get(others.get(i)).ranks();
      candidates.add(new RateCandidate(others.get(i), ranks, compared.get(i)));
    }
    return new SearchResult(
        request,
        layer,
        guide,
        candidates,
        groups.getFirst().chosen().orElseThrow(),
        groups.getFirst().best(),
        SeedTests.of(
            seeds,
            groups.stream().map(group -> group.plain().orElseThrow().evaluation()).toList(),
            groups.stream().map(group -> group.pruned().orElseThrow().evaluation()).toList()),
        notes);
  }

  private static List<EvaluationRecord> validation(List<GroupResult> groups, PruningRate rate) {
    return groups.stream().map(group -> group.validation().get(rate).evaluation()).toList();
  }

  /** The candidate that is chosen. */
  public RateCandidate chosenCandidate() {
    return candidates.stream()
        .filter(candidate -> candidate.rate.equals(chosen))
        .findFirst()
        .orElseThrow();
  }

  /** The other rates whose validation score ties with that of the chosen one, ascending. */
  public List<PruningRate> tied() {
    double score = SeedValidation.score(chosenCandidate().seeds);
    return candidates.stream()
        .filter(
            candidate -> {
              double other = SeedValidation.score(candidate.seeds);
              return !BestCandidates.better(score, other) && !BestCandidates.better(other, score);
            })
        .map(RateCandidate::rate)
        .filter(rate -> !rate.equals(chosen))
        .toList();
  }

  /** The whole result; keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    request.objective().data().addTo(json);
    json.put("layer", layer);
    json.put("layer_chosen_by", guide.isPresent() ? "condition_number" : "user");
    if (guide.isPresent()) {
      json.set("layer_guide", guide.get().toJson());
    }
    if (guide.isPresent() || !notes.isEmpty()) {
      ArrayNode sentences = json.putArray("notes");
      guide.ifPresent(_ -> sentences.add(LayerGuide.NOTE));
      notes.forEach(sentences::add);
    }
    json.put("module", request.modules().name());
    json.put("method", request.objective().plan().method().label());
    ArrayNode rates = json.putArray("rates");
    for (RateCandidate candidate : candidates) {
      ObjectNode entry = rates.addObject().put("rate", candidate.rate.value());
      candidate.ranks.forEach(entry.putArray("ranks")::add);
      SeedValidation.addTo(entry, candidate.seeds);
    }
    json.put("chosen_rate", chosen.value());
    json.put("choose", request.rule().label());
    ArrayNode chosenRanks = json.putArray("chosen_ranks");
    chosenCandidate().ranks.forEach(chosenRanks::add);
    ArrayNode tiedRates = json.putArray("tied_rates");
    tied().stream().map(PruningRate::value).forEach(tiedRates::add);
    json.putObject("tried")
        .put("rates", candidates.size())
        .put("layers", 1)
        .put("modules", 1)
        .put("seeds", request.objective().seeds().size());
    test.addTo(json);
    return json;
  }
}
