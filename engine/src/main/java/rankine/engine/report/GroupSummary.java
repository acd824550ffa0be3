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
 * Algorithm 1 for one search key: the rate chosen on validation, and its result on test.
 *
 * @param found number of rates evaluated on validation
 * @param expected number of rates to evaluate on validation
 * @param choice absent while a rate is missing
 * @param test absent until the chosen rate and the unedited model are tested
 */
public record GroupSummary(
    SearchKey key,
    int found,
    int expected,
    Optional<ValidationChoice> choice,
    Optional<Tested> test) {

  /**
   * The best rate on validation.
   *
   * @param rate ties go to the smallest; 0 if no rate is better than the unedited model
   * @param tied other rates with the same score
   * @param plain the unedited model on validation
   * @param best the chosen rate on validation: selection biases its score upwards
   */
  public record ValidationChoice(
      PruningRate rate, List<PruningRate> tied, Score plain, Score best) {

    /** Copies the list. */
    public ValidationChoice {
      tied = List.copyOf(tied);
    }

    /** The change in score on validation, never below 0. */
    public double change() {
      return best.value() - plain.value();
    }
  }

  /**
   * The chosen rate on test.
   *
   * @param comparison with the unedited model, example by example; absent at rate 0, where the
   *     models are the same
   * @param adjusted McNemar's p-value, Holm-corrected for all groups of the run that have one
   */
  public record Tested(
      Score plain, Score pruned, Optional<PairedComparison> comparison, OptionalDouble adjusted) {

    /** The chosen rate's score minus the unedited model's. */
    public double change() {
      return pruned.value() - plain.value();
    }

    /** The 95 % interval of the change: in F1 if that is the score, else in accuracy. */
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
    return new GroupSummary(key, found, expected, choice, test.map(t -> t.withAdjusted(p)));
  }

  /** McNemar's exact p-value on test, if there is a test. */
  public OptionalDouble pValue() {
    return test.isEmpty() ? OptionalDouble.empty() : test.get().pValue();
  }

  /** The whole result; keys in snake case. Absent values have no key. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", key.task().toString()).put("seed", key.seed());
    json.put("layer", key.target().layer()).put("module", key.target().modules().name());
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
