package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import rankine.engine.edit.Edit;
import rankine.engine.edit.ModuleSelection;

/**
 * What a greedy search found.
 *
 * @param guides one a module, where they chose the layers
 * @param layers how many layers were looked at
 * @param plain the untouched model on validation
 * @param steps the edits kept, in order
 * @param stop why there are no more
 * @param candidates all that was tried, in order; their tests are against the untouched model
 * @param test the untouched model and the one with all edits kept
 */
public record GreedyResult(
    GreedySearch.GreedyRequest request,
    List<LayerGuide> guides,
    int layers,
    List<SeedValidation> plain,
    List<GreedyStep> steps,
    StopReason stop,
    List<GreedyCandidate> candidates,
    SeedTests test) {

  /** Copies the lists. */
  public GreedyResult {
    guides = List.copyOf(guides);
    plain = List.copyOf(plain);
    steps = List.copyOf(steps);
    candidates = List.copyOf(candidates);
  }

  /** Why a search ended. */
  public enum StopReason {
    /** There are as many edits as were allowed. */
    STEPS,
    /** No candidate was better than what there was. */
    NO_BETTER,
    /** Every matrix that could be edited is. */
    NOTHING_LEFT;

    /** As in JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An edit that was kept.
   *
   * @param seeds validation with it and all before it
   * @param ties candidates that were as good
   */
  public record GreedyStep(Edit edit, List<SeedValidation> seeds, List<Edit> ties) {
    /** Copies the lists. */
    public GreedyStep {
      seeds = List.copyOf(seeds);
      ties = List.copyOf(ties);
    }

    /** The mean over seeds. */
    public double accuracy() {
      return SeedValidation.accuracy(seeds);
    }
  }

  /**
   * An edit that was tried.
   *
   * @param step from 1
   * @param seeds validation with it and the edits kept by then
   */
  public record GreedyCandidate(int step, Edit edit, List<SeedValidation> seeds) {
    /** Copies the list. */
    public GreedyCandidate {
      seeds = List.copyOf(seeds);
    }
  }

  /** The untouched model on validation, the mean over seeds. */
  public double plainAccuracy() {
    return SeedValidation.accuracy(plain);
  }

  /** The edits kept. */
  public List<Edit> edits() {
    return steps.stream().map(GreedyStep::edit).toList();
  }

  /** The whole result, keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", request.task().task().name());
    json.put("version", request.task().task().version());
    json.put("layer_chosen_by", guides.isEmpty() ? "user" : "condition_number");
    if (!guides.isEmpty()) {
      ArrayNode guide = json.putArray("layer_guide");
      guides.forEach(g -> guide.addAll(g.toJson()));
      json.putArray("notes").add(LayerGuide.NOTE);
    }
    ArrayNode modules = json.putArray("modules");
    request.modules().stream().map(ModuleSelection::name).forEach(modules::add);
    json.put("method", request.task().plan().method().label());
    addEdits(json.putArray("edits"), edits());
    json.put("steps_allowed", request.steps());
    json.put("stopped", stop.label());
    addTrail(json.putArray("validation"));
    ArrayNode all = json.putArray("candidates");
    for (GreedyCandidate candidate : candidates) {
      ObjectNode entry = all.addObject().put("step", candidate.step);
      SeedValidation.addTo(entry.put("edit", candidate.edit.toString()), candidate.seeds);
    }
    json.putObject("tried")
        .put("candidates", candidates.size())
        .put("rates", request.rates().size())
        .put("layers", layers)
        .put("modules", request.modules().size())
        .put("seeds", request.task().seeds().size());
    test.addTo(json);
    return json;
  }

  private void addTrail(ArrayNode trail) {
    SeedValidation.addTo(trail.addObject().put("step", 0), plain);
    for (GreedyStep step : steps) {
      ObjectNode entry = trail.addObject().put("step", trail.size() - 1);
      entry.put("edit", step.edit.toString());
      addEdits(entry.putArray("tied_edits"), step.ties);
      SeedValidation.addTo(entry, step.seeds);
    }
  }

  private static void addEdits(ArrayNode json, List<Edit> edits) {
    edits.stream().map(Edit::toString).forEach(json::add);
  }
}
