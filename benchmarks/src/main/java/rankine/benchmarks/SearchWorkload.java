package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.model.Model;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.Scorer;
import rankine.engine.replay.TokenTree;
import rankine.engine.run.Evaluator;
import rankine.kernels.Backend;

/**
 * The validation part of Algorithm 1 for a grid of layers and modules: label log-probabilities of
 * every query at every pruning rate. The time includes the decompositions; none is cached.
 */
final class SearchWorkload {
  private final Model model;
  private final Backend backend;

  SearchWorkload(Model model, Backend backend) {
    this.model = model;
    this.backend = backend;
  }

  ObjectNode answer(JsonNode request) {
    List<Edit> edits = edits(request);
    List<Prompt> prompts = new ArrayList<>();
    int[] prefix = Worker.ints(request.get("prefix"));
    for (JsonNode query : request.get("queries")) {
      List<int[]> labels = new ArrayList<>();
      request.get("labels").forEach(label -> labels.add(new int[] {label.intValue()}));
      int[] ids =
          IntStream.concat(IntStream.of(prefix), IntStream.of(Worker.ints(query))).toArray();
      prompts.add(new Prompt(ids, labels));
    }
    ArrayNode all = Worker.JSON.createArrayNode();
    long start = System.nanoTime();
    Decompositions decompositions = new Decompositions(backend, FactorCache.none());
    ActivationBudget budget = new ActivationBudget(Evaluator.ACTIVATION_BYTES);
    try (Scorer scorer = new Scorer(model, backend, TokenTree.of(prefix, prompts), budget)) {
      for (Edit edit : edits) {
        EditPlan plan = EditPlan.NONE.withEdits(List.of(edit));
        Model variant =
            EditOverlay.apply(model, plan.edits(), MatrixEditor.of(plan, decompositions), backend);
        // Rate 0 needs no advance: it runs with the other rates of its edit target.
        if (!edit.isNone()) {
          scorer.advance(
              Scorer.firstUse(model, EditOverlay.check(model, plan.edits()).keySet()),
              ProgressListener.NONE);
        }
        for (double[] scores : scorer.scores(variant, ProgressListener.NONE)) {
          all.add(Worker.JSON.valueToTree(scores));
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    ObjectNode answer = Worker.JSON.createObjectNode().put("seconds", seconds);
    if (request.path("want_scores").asBoolean()) {
      answer.set("scores", all);
    }
    return answer;
  }

  /**
   * Returns the edits of the grid in the order of the model. Rate 0 is the plain model at every
   * edit target, so it is evaluated once, as in a sweep.
   */
  private static List<Edit> edits(JsonNode request) {
    List<Edit> edits = new ArrayList<>();
    for (JsonNode layer : request.get("layers")) {
      for (JsonNode module : request.get("modules")) {
        String target = layer.intValue() + ":" + module.textValue() + ":";
        boolean first = edits.isEmpty();
        // Rate 0 comes last at its edit target: it needs only the activations of the other rates.
        for (int i = request.get("rates").size() - 1; i >= 0; i--) {
          Edit edit = Edit.parse(target + request.get("rates").get(i).asText());
          if (first || !edit.isNone()) {
            edits.add(edit);
          }
        }
      }
    }
    return edits;
  }
}
