package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.Holm;
import rankine.engine.stats.Interval;
import rankine.engine.stats.RunComparison;
import rankine.engine.stats.Score;

/**
 * The choice of a group and its test: a row of a sweep's summary and of a report.
 *
 * @param comparison of the chosen rate with the unedited model on test, pair by pair; absent until
 *     both are tested, and at rate 0, where the models are the same
 * @param adjusted its p-value, Holm-corrected for all groups that have one
 */
public record GroupSummary(
    GroupResult result, Optional<RunComparison> comparison, OptionalDouble adjusted) {

  /**
   * The unedited and the chosen model on one split.
   *
   * @param chosen on validation its score is biased upwards by the selection
   */
  public record Change(Score plain, Score chosen) {
    private static Optional<Change> of(Cell plain, Cell chosen) {
      return plain == null || chosen == null
          ? Optional.empty()
          : Optional.of(new Change(plain.score(), chosen.score()));
    }

    /** The chosen rate's {@link Score#value} minus the unedited model's: positive is better. */
    public double value() {
      return chosen.value() - plain.value();
    }

    private ObjectNode toJson() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.set("plain", plain.toJson());
      json.set("chosen", chosen.toJson());
      return switch (chosen.metric()) {
        case ACCURACY, F1 -> json.put("change", value());
        case PERPLEXITY -> json.put("nll_per_token_change", 0 - value());
      };
    }
  }

  /** A group and its test, if it chose a pruned model; the p-value is not corrected yet. */
  private static GroupSummary of(GroupResult result) {
    return new GroupSummary(
        result,
        result.chosen().filter(rate -> !rate.isZero()).flatMap(_ -> result.comparison()),
        OptionalDouble.empty());
  }

  /** Groups and their tests; the p-values of all are Holm-corrected together. */
  public static List<GroupSummary> corrected(List<GroupResult> results) {
    return Holm.corrected(
            List.of(results.parallelStream().map(GroupSummary::of).toList()),
            GroupSummary::pValue,
            GroupSummary::withAdjusted)
        .getFirst();
  }

  /** Returns this summary with a corrected p-value. */
  private GroupSummary withAdjusted(double p) {
    return new GroupSummary(result, comparison, OptionalDouble.of(p));
  }

  /** The group's search key. */
  public SearchKey key() {
    return result.key();
  }

  /** The best rate on validation; absent while a rate is missing. Ties go to the smallest. */
  public Optional<PruningRate> chosen() {
    return result.chosen();
  }

  /** The ranks that the chosen rate keeps: see {@link Cell#ranks}. */
  public List<Integer> chosenRanks() {
    return chosen().map(rate -> result.validation().get(rate).ranks()).orElse(List.of());
  }

  /** Other rates with the same score on validation. */
  public List<PruningRate> tied() {
    return result.best().stream().skip(1).toList();
  }

  /** The chosen rate on validation; never worse than the unedited model. */
  public Optional<Change> validation() {
    return chosen()
        .flatMap(
            rate ->
                Change.of(
                    result.validation().get(PruningRate.ZERO), result.validation().get(rate)));
  }

  /** The chosen rate on test; absent until it and the unedited model are tested. */
  public Optional<Change> test() {
    return Change.of(result.plain().orElse(null), result.pruned().orElse(null));
  }

  /** The 95 % interval of the {@link Change#value} on test. */
  public Optional<Interval> interval() {
    return comparison.map(RunComparison::interval);
  }

  /** The p-value on test, if there is a test. */
  public OptionalDouble pValue() {
    return comparison.stream().mapToDouble(RunComparison::pValue).findFirst();
  }

  /** The whole result; keys in snake case. Absent values have no key. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (key().benchmark()) {
      case TaskVersion task -> json.put("task", task.toString());
      case TextPair texts -> texts.addTo(json);
    }
    CellKey.addSeed(key().benchmark(), key().seed(), json);
    key().target().addTo(json);
    String axis = key().target().axis();
    json.put(axis + "s_found", result.validation().size())
        .put(axis + "s_expected", result.rates().size());
    validation()
        .ifPresent(
            change -> {
              addChoice(json);
              json.set("validation", change.toJson());
            });
    test()
        .ifPresent(
            change -> {
              ObjectNode test = change.toJson();
              comparison.ifPresent(c -> test.set("comparison", c.toJson()));
              adjusted.ifPresent(p -> test.put("p_value_holm", p));
              json.set("test", test);
            });
    return json;
  }

  /** Adds the chosen rate, its ranks, what it removes, and the rates tied with it. */
  void addChoice(ObjectNode json) {
    String axis = key().target().axis();
    PruningRate rate = chosen().orElseThrow();
    json.put("chosen_" + axis, rate.value());
    chosenRanks().forEach(json.putArray("chosen_ranks")::add);
    result.validation().get(rate).removed().ifPresent(share -> json.put("chosen_removed", share));
    ArrayNode rates = json.putArray("tied_" + axis + "s");
    tied().forEach(other -> rates.add(other.value()));
  }
}
