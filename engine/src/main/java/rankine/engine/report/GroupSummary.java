package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Interval;
import rankine.engine.stats.PairedBootstrap;
import rankine.engine.stats.PairedComparison;
import rankine.engine.stats.Score;
import rankine.engine.sweep.SearchKey;

/**
 * Algorithm 1 for one group: its rate, chosen on validation, and what that does on test.
 *
 * @param found rates on validation that the folder has
 * @param expected rates on validation that it should have
 * @param choice absent while a rate is missing
 * @param test absent while the chosen rate or the plain model has not been tested
 */
public record GroupSummary(
    SearchKey group,
    int found,
    int expected,
    Optional<ValidationChoice> choice,
    Optional<Tested> test) {

  /**
   * The best rate on validation.
   *
   * @param rate of equals the smallest; 0 if no rate is better than the plain model
   * @param tied other rates as good
   * @param plain the plain model on validation
   * @param best the chosen rate on validation: for being chosen, it looks better than it is
   */
  public record ValidationChoice(
      PruningRate rate, List<PruningRate> tied, Score plain, Score best) {

    /** Copies the list. */
    public ValidationChoice {
      tied = List.copyOf(tied);
    }

    /** On validation, never below 0. */
    public double change() {
      return best.value() - plain.value();
    }
  }

  /**
   * The chosen rate on test.
   *
   * @param comparison with the plain model, example by example; absent at rate 0, where there is
   *     nothing to compare
   * @param adjusted McNemar's p-value, corrected by Holm for all groups of the run that have one
   */
  public record Tested(
      Score plain, Score pruned, Optional<PairedComparison> comparison, OptionalDouble adjusted) {

    /** The chosen rate's score less the plain model's. */
    public double change() {
      return pruned.value() - plain.value();
    }

    /** 95 %, of the change: in F1 where that is the score, else in accuracy. */
    public Optional<Interval> interval() {
      return comparison.map(c -> c.score().orElse(c.accuracy())).map(PairedBootstrap::interval);
    }

    /** McNemar's exact p-value. */
    public OptionalDouble pValue() {
      return comparison.stream().mapToDouble(c -> c.mcNemar().pValue()).findFirst();
    }

    Tested withAdjusted(double p) {
      return new Tested(plain, pruned, comparison, OptionalDouble.of(p));
    }
  }

  GroupSummary withAdjusted(double p) {
    return new GroupSummary(group, found, expected, choice, test.map(t -> t.withAdjusted(p)));
  }

  /** McNemar's exact p-value on test, where there is a test. */
  public OptionalDouble pValue() {
    return test.isEmpty() ? OptionalDouble.empty() : test.get().pValue();
  }

  /** The whole result, keys in snake case. Absent figures have no key. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", group.task().toString()).put("seed", group.seed());
    json.put("layer", group.site().layer()).put("module", group.site().modules().name());
    json.put("rates_found", found).put("rates_expected", expected);
    choice.ifPresent(
        c -> {
          json.put("chosen_rate", c.rate.value());
          ArrayNode tied = json.putArray("tied_rates");
          c.tied.forEach(rate -> tied.add(rate.value()));
          ObjectNode validation = json.putObject("validation");
          validation.set("plain", c.plain.toJson());
          validation.set("chosen", c.best.toJson());
          validation.put("change", c.change());
        });
    test.ifPresent(t -> json.set("test", json(t)));
    return json;
  }

  private static ObjectNode json(Tested tested) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("plain", tested.plain.toJson());
    json.set("chosen", tested.pruned.toJson());
    json.put("change", tested.change());
    tested.comparison.ifPresent(c -> json.set("comparison", c.toJson()));
    tested.adjusted.ifPresent(p -> json.put("p_value_holm", p));
    return json;
  }
}
