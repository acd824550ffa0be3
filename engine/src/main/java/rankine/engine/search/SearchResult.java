package rankine.engine.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.run.EvaluationRun;
import rankine.engine.stats.PairedComparison;

/**
 * What a search found.
 *
 * @param candidates every rate on validation, ascending
 * @param chosen the best on validation; of equals the smallest
 * @param best all rates as good as the chosen one, itself first
 * @param plain the untouched model on test
 * @param pruned the model at the chosen rate on test
 * @param comparison pruned against plain, example by example
 */
public record SearchResult(
    RateSearch.Request request,
    List<Candidate> candidates,
    ClippingRate chosen,
    List<ClippingRate> best,
    EvaluationRun plain,
    EvaluationRun pruned,
    PairedComparison comparison) {

  /** Copies the lists. */
  public SearchResult {
    candidates = List.copyOf(candidates);
    best = List.copyOf(best);
  }

  /**
   * A rate on validation.
   *
   * @param against its comparison with rate 0; none for rate 0
   */
  public record Candidate(
      ClippingRate rate, EvaluationResult validation, Optional<Against> against) {}

  /**
   * A comparison with rate 0.
   *
   * @param adjusted McNemar's p-value, corrected by Holm for the number of rates
   */
  public record Against(PairedComparison comparison, double adjusted) {}

  /** The whole result, keys in snake case. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", request.task().name());
    json.put("version", request.task().version());
    json.put("layer", request.layer());
    json.put("module", request.modules().name());
    json.put("method", request.plan().method().label());
    ArrayNode rates = json.putArray("rates");
    for (Candidate candidate : candidates) {
      rates.add(json(candidate));
    }
    json.put("chosen_rate", chosen.value());
    ArrayNode equals = json.putArray("tied_rates");
    best.stream().skip(1).map(ClippingRate::value).forEach(equals::add);
    ObjectNode test = json.putObject("test");
    test.set("plain", plain.result().toJson());
    test.set("pruned", pruned.result().toJson());
    test.set("comparison", comparison.toJson());
    json.putObject("tried").put("rates", candidates.size()).put("layers", 1).put("modules", 1);
    json.set("manifest", pruned.manifest());
    return json;
  }

  private static ObjectNode json(Candidate candidate) {
    EvaluationResult.Counts counts = candidate.validation.counts();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rate", candidate.rate.value());
    json.put("n", counts.n());
    json.put("correct", counts.correct());
    json.put("accuracy", candidate.validation.accuracy());
    json.put("lower", counts.interval().lower());
    json.put("upper", counts.interval().upper());
    counts.f1().ifPresent(f1 -> json.put("f1", f1));
    candidate.against.ifPresent(
        a -> json.put("p_value", a.comparison.mcNemar().pValue()).put("p_value_holm", a.adjusted));
    return json;
  }
}
