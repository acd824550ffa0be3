package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import rankine.engine.edit.Edit;
import rankine.engine.edit.ModuleSelection;

/**
 * Result of a greedy search.
 *
 * @param guides one per module, if they chose the layers; else empty
 * @param layers number of layers searched
 * @param plain the unedited model on validation
 * @param steps the edits kept, in order
 * @param stop why the search ended
 * @param candidates every edit evaluated, in order; each tested against the unedited model
 * @param test the unedited model and the model with all edits kept
 * @param notes plain sentences that a reader of the numbers must know
 */
public record GreedyResult(
    GreedySearch.GreedyRequest request,
    List<LayerGuide> guides,
    int layers,
    List<SeedValidation> plain,
    List<GreedyStep> steps,
    StopReason stop,
    List<GreedyCandidate> candidates,
    SeedTests test,
    List<String> notes) {

  /** Copies the lists. */
  public GreedyResult {
    guides = List.copyOf(guides);
    plain = List.copyOf(plain);
    steps = List.copyOf(steps);
    candidates = List.copyOf(candidates);
    notes = List.copyOf(notes);
  }

  /** Why a search ended. */
  public enum StopReason {
    /** The allowed number of edits was reached. */
    STEPS,
    /** No candidate scored higher than the edits kept. */
    NO_BETTER,
    /** Every candidate matrix is edited. */
    NOTHING_LEFT;

    /** The name in JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An edit that was kept.
   *
   * @param ranks that it keeps: see {@link rankine.engine.sweep.Cell#ranks}
   * @param seeds validation results with it and all edits before it
   * @param ties other candidates with the same score
   */
  public record GreedyStep(
      Edit edit, List<Integer> ranks, List<SeedValidation> seeds, List<Edit> ties) {
    /** Copies the lists. */
    public GreedyStep {
      ranks = List.copyOf(ranks);
      seeds = List.copyOf(seeds);
      ties = List.copyOf(ties);
    }

    /** The mean accuracy over seeds, or the perplexity. */
    public double shown() {
      return SeedValidation.shown(seeds);
    }
  }

  /**
   * An edit that was evaluated.
   *
   * @param step from 1
   * @param ranks that it keeps: see {@link rankine.engine.sweep.Cell#ranks}
   * @param seeds validation results with it and the edits kept before this step
   */
  public record GreedyCandidate(
      int step, Edit edit, List<Integer> ranks, List<SeedValidation> seeds) {
    /** Copies the lists. */
    public GreedyCandidate {
      ranks = List.copyOf(ranks);
      seeds = List.copyOf(seeds);
    }
  }

  /** The unedited model's validation accuracy, mean over seeds, or its perplexity. */
  public double plainShown() {
    return SeedValidation.shown(plain);
  }

  /** The edits kept. */
  public List<Edit> edits() {
    return steps.stream().map(GreedyStep::edit).toList();
  }

  /** The whole result; keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    request.objective().data().addTo(json);
    json.put("layer_chosen_by", guides.isEmpty() ? "user" : "condition_number");
    if (!guides.isEmpty()) {
      ArrayNode guide = json.putArray("layer_guide");
      guides.forEach(g -> guide.addAll(g.toJson()));
    }
    if (!guides.isEmpty() || !notes.isEmpty()) {
      ArrayNode sentences = json.putArray("notes");
      if (!guides.isEmpty()) {
        sentences.add(LayerGuide.NOTE);
      }
      notes.forEach(sentences::add);
    }
    ArrayNode modules = json.putArray("modules");
    request.modules().stream().map(ModuleSelection::name).forEach(modules::add);
    json.put("method", request.plan().method().label());
    addEdits(json.putArray("edits"), edits());
    json.put("steps_allowed", request.steps());
    json.put("stopped", stop.label());
    addSteps(json.putArray("validation"));
    ArrayNode all = json.putArray("candidates");
    for (GreedyCandidate candidate : candidates) {
      ObjectNode entry = all.addObject().put("step", candidate.step);
      entry.put("edit", candidate.edit.toString());
      candidate.ranks.forEach(entry.putArray("ranks")::add);
      SeedValidation.addTo(entry, candidate.seeds);
    }
    json.putObject("tried")
        .put("candidates", candidates.size())
        .put("rates", request.rates().size())
        .put("layers", layers)
        .put("modules", request.modules().size())
        .put("seeds", request.objective().seeds().size());
    test.addTo(json);
    return json;
  }

  private void addSteps(ArrayNode json) {
    SeedValidation.addTo(json.addObject().put("step", 0), plain);
    for (GreedyStep step : steps) {
      ObjectNode entry = json.addObject().put("step", json.size() - 1);
      entry.put("edit", step.edit.toString());
      step.ranks.forEach(entry.putArray("ranks")::add);
      addEdits(entry.putArray("tied_edits"), step.ties);
      SeedValidation.addTo(entry, step.seeds);
    }
  }

  private static void addEdits(ArrayNode json, List<Edit> edits) {
    edits.stream().map(Edit::toString).forEach(json::add);
  }
}
