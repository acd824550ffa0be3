package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.EvaluationRecord;
import rankine.engine.sweep.SearchGroup;

/**
 * Result of a rate search.
 *
 * @param guide that chose the layer; empty if the user did, or for the whole model
 * @param group the candidates, the choice among them and its ties
 * @param validation of each candidate of the group, one result per seed
 * @param test the unedited model and the chosen candidate
 */
public record SearchResult(
    RateSearch.SearchRequest request,
    Optional<LayerGuide> guide,
    SearchGroup group,
    List<List<SeedValidation>> validation,
    SeedTests test) {

  /** Copies the list. */
  public SearchResult {
    validation = List.copyOf(validation);
  }

  static SearchResult of(
      RateSearch.SearchRequest request, Optional<LayerGuide> guide, SearchGroup group) {
    List<Long> seeds = request.objective().seeds();
    List<EvaluationRecord> plain = group.candidates().getFirst().evaluations();
    List<List<SeedValidation>> validation = new ArrayList<>();
    validation.add(SeedValidation.plain(seeds, plain));
    validation.addAll(
        SeedValidation.corrected(
            group.candidates().stream()
                .skip(1)
                .map(other -> SeedValidation.compared(seeds, other.evaluations(), plain))
                .toList()));
    SeedTests test = SeedTests.of(seeds, group.plain(), group.pruned());
    return new SearchResult(request, guide, group, validation, test);
  }

  /** The whole result; keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    request.objective().data().addTo(json);
    switch (request.space()) {
      case SearchSpace.InLayer space -> addTo(json, space);
      case SearchSpace.WholeModel space -> addTo(json, space);
    }
    test.addTo(json);
    return json;
  }

  private void addTo(ObjectNode json, SearchSpace.InLayer space) {
    json.put("layer", space.target(guide).layer());
    json.put("layer_chosen_by", guide.isPresent() ? "condition_number" : "user");
    guide.ifPresent(chooser -> json.set("layer_guide", chooser.toJson()));
    if (guide.isPresent() || !group.notes().isEmpty()) {
      ArrayNode sentences = json.putArray("notes");
      guide.ifPresent(_ -> sentences.add(LayerGuide.NOTE));
      group.notes().forEach(sentences::add);
    }
    json.put("module", space.modules().name());
    json.put("method", space.plan().method().label());
    ArrayNode rates = json.putArray("rates");
    for (int i = 0; i < validation.size(); i++) {
      SearchGroup.Candidate candidate = group.candidates().get(i);
      ObjectNode entry = rates.addObject().put("rate", candidate.rate().value());
      candidate.ranks().forEach(entry.putArray("ranks")::add);
      SeedValidation.addTo(entry, validation.get(i));
    }
    json.put("chosen_rate", group.chosen().rate().value());
    json.put("choose", request.rule().label());
    group.chosen().ranks().forEach(json.putArray("chosen_ranks")::add);
    ArrayNode tiedRates = json.putArray("tied_rates");
    group.tied().forEach(candidate -> tiedRates.add(candidate.rate().value()));
    json.putObject("tried")
        .put("rates", validation.size())
        .put("layers", 1)
        .put("modules", 1)
        .put("seeds", request.objective().seeds().size());
  }

  private void addTo(ObjectNode json, SearchSpace.WholeModel space) {
    if (!group.notes().isEmpty()) {
      group.notes().forEach(json.putArray("notes")::add);
    }
    ArrayNode methods = json.putArray("methods");
    space.methods().forEach(method -> methods.add(method.toString()));
    json.set("compression", space.settings().toJson());
    ArrayNode ratios = json.putArray("ratios");
    for (int i = 0; i < validation.size(); i++) {
      SearchGroup.Candidate candidate = group.candidates().get(i);
      ObjectNode entry = ratios.addObject();
      addName(entry, candidate);
      candidate.ranks().forEach(entry.putArray("ranks")::add);
      candidate.removed().ifPresent(removed -> entry.put("removed", removed));
      SeedValidation.addTo(entry, validation.get(i));
    }
    json.put("chosen_ratio", group.chosen().rate().value());
    json.put("chosen_method", group.chosen().target().map(EditTarget::toString).orElse(null));
    json.put("choose", request.rule().label());
    group.chosen().ranks().forEach(json.putArray("chosen_ranks")::add);
    ArrayNode ties = json.putArray("tied");
    group.tied().forEach(candidate -> addName(ties.addObject(), candidate));
    json.putObject("tried")
        .put("ratios", request.rates().size())
        .put("methods", space.methods().size())
        .put("seeds", request.objective().seeds().size());
  }

  /** Adds {@code ratio} and {@code method}, which is null for the unedited model. */
  private static void addName(ObjectNode json, SearchGroup.Candidate candidate) {
    json.put("ratio", candidate.rate().value())
        .put("method", candidate.target().map(EditTarget::toString).orElse(null));
  }
}
