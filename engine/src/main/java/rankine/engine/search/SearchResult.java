package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.edit.EditPlan;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.BestCandidates;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.SearchGroup;

/**
 * Result of a rate search.
 *
 * @param searched what the rates were applied to
 * @param candidates on validation, by ascending rate; the first is the unedited model
 * @param chosen one of them, by the request's rule
 * @param best all with the highest score on validation
 * @param test the unedited model and the chosen candidate
 * @param notes plain sentences that a reader of the numbers must know
 */
public record SearchResult(
    RateSearch.SearchRequest request,
    Searched searched,
    List<RateCandidate> candidates,
    RateCandidate chosen,
    List<RateCandidate> best,
    SeedTests test,
    List<String> notes) {

  /** Copies the lists. */
  public SearchResult {
    candidates = List.copyOf(candidates);
    best = List.copyOf(best);
    notes = List.copyOf(notes);
  }

  /** The search space, with what the search itself chose of it. */
  public sealed interface Searched permits SearchedLayer, SearchedModel {}

  /**
   * Modules of a layer.
   *
   * @param guide that chose the layer; empty if the user did
   * @param plan method and factored mode
   */
  public record SearchedLayer(LayerTarget target, Optional<LayerGuide> guide, EditPlan plan)
      implements Searched {}

  /** The whole model. */
  public record SearchedModel(SearchSpace.WholeModel space) implements Searched {}

  /**
   * A rate with its validation results.
   *
   * @param target that is pruned; absent for the unedited model
   * @param ranks that it keeps: see {@link rankine.engine.sweep.Cell#ranks}
   * @param removed see {@link rankine.engine.sweep.Cell#removed}
   * @param seeds one result per seed
   */
  public record RateCandidate(
      Optional<EditTarget> target,
      PruningRate rate,
      List<Integer> ranks,
      OptionalDouble removed,
      List<SeedValidation> seeds) {
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

  static SearchResult of(RateSearch.SearchRequest request, Searched searched, SearchGroup group) {
    List<Long> seeds = request.objective().seeds();
    SearchGroup.Candidate plain = group.candidates().getFirst();
    List<SearchGroup.Candidate> others = group.candidates().subList(1, group.candidates().size());
    List<List<SeedValidation>> compared =
        SeedValidation.corrected(
            others.stream()
                .map(
                    other ->
                        SeedValidation.compared(seeds, other.evaluations(), plain.evaluations()))
                .toList());
    List<RateCandidate> candidates = new ArrayList<>();
    candidates.add(candidate(plain, SeedValidation.plain(seeds, plain.evaluations())));
    for (int i = 0; i < others.size(); i++) {
      candidates.add(candidate(others.get(i), compared.get(i)));
    }
    return new SearchResult(
        request,
        searched,
        candidates,
        candidates.get(group.candidates().indexOf(group.chosen())),
        group.best().stream()
            .map(best -> candidates.get(group.candidates().indexOf(best)))
            .toList(),
        SeedTests.of(seeds, group.plain(), group.pruned()),
        group.notes());
  }

  private static RateCandidate candidate(
      SearchGroup.Candidate candidate, List<SeedValidation> validation) {
    return new RateCandidate(
        candidate.target(), candidate.rate(), candidate.ranks(), candidate.removed(), validation);
  }

  /** The other candidates whose validation score ties with that of the chosen one, in order. */
  public List<RateCandidate> tied() {
    double score = SeedValidation.score(chosen.seeds);
    return candidates.stream()
        .filter(
            candidate -> {
              double other = SeedValidation.score(candidate.seeds);
              return !BestCandidates.better(score, other) && !BestCandidates.better(other, score);
            })
        .filter(candidate -> !candidate.equals(chosen))
        .toList();
  }

  /** The whole result; keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    request.objective().data().addTo(json);
    switch (searched) {
      case SearchedLayer layer -> addTo(json, layer);
      case SearchedModel model -> addTo(json, model);
    }
    test.addTo(json);
    return json;
  }

  private void addTo(ObjectNode json, SearchedLayer layer) {
    json.put("layer", layer.target.layer());
    json.put("layer_chosen_by", layer.guide.isPresent() ? "condition_number" : "user");
    if (layer.guide.isPresent()) {
      json.set("layer_guide", layer.guide.get().toJson());
    }
    if (layer.guide.isPresent() || !notes.isEmpty()) {
      ArrayNode sentences = json.putArray("notes");
      layer.guide.ifPresent(_ -> sentences.add(LayerGuide.NOTE));
      notes.forEach(sentences::add);
    }
    json.put("module", layer.target.modules().name());
    json.put("method", layer.plan.method().label());
    ArrayNode rates = json.putArray("rates");
    for (RateCandidate candidate : candidates) {
      ObjectNode entry = rates.addObject().put("rate", candidate.rate.value());
      candidate.ranks.forEach(entry.putArray("ranks")::add);
      SeedValidation.addTo(entry, candidate.seeds);
    }
    json.put("chosen_rate", chosen.rate.value());
    json.put("choose", request.rule().label());
    chosen.ranks.forEach(json.putArray("chosen_ranks")::add);
    ArrayNode tiedRates = json.putArray("tied_rates");
    tied().forEach(candidate -> tiedRates.add(candidate.rate.value()));
    json.putObject("tried")
        .put("rates", candidates.size())
        .put("layers", 1)
        .put("modules", 1)
        .put("seeds", request.objective().seeds().size());
  }

  private void addTo(ObjectNode json, SearchedModel model) {
    if (!notes.isEmpty()) {
      notes.forEach(json.putArray("notes")::add);
    }
    ArrayNode methods = json.putArray("methods");
    model.space.methods().forEach(method -> methods.add(method.toString()));
    json.set("compression", model.space.settings().toJson());
    ArrayNode ratios = json.putArray("ratios");
    for (RateCandidate candidate : candidates) {
      ObjectNode entry = ratios.addObject();
      addName(entry, candidate);
      candidate.ranks.forEach(entry.putArray("ranks")::add);
      candidate.removed.ifPresent(removed -> entry.put("removed", removed));
      SeedValidation.addTo(entry, candidate.seeds);
    }
    json.put("chosen_ratio", chosen.rate.value());
    json.put("chosen_method", chosen.target.map(EditTarget::toString).orElse(null));
    json.put("choose", request.rule().label());
    chosen.ranks.forEach(json.putArray("chosen_ranks")::add);
    ArrayNode ties = json.putArray("tied");
    tied().forEach(candidate -> addName(ties.addObject(), candidate));
    json.putObject("tried")
        .put("ratios", request.rates().size())
        .put("methods", model.space.methods().size())
        .put("seeds", request.objective().seeds().size());
  }

  /** Adds {@code ratio} and {@code method}, which is null for the unedited model. */
  private static void addName(ObjectNode json, RateCandidate candidate) {
    json.put("ratio", candidate.rate.value())
        .put("method", candidate.target.map(EditTarget::toString).orElse(null));
  }
}
