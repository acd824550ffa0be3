package rankine.engine.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.stats.Score;

/**
 * The result for one task and seed: of all layers, modules and rates the best on validation, and
 * what it does on test.
 *
 * @param plain the plain model on test; absent while it was not run
 * @param candidates pruned models compared on validation: those of groups that have all rates
 * @param best the group with the best rate of all; of equals the one with the smallest rate, then
 *     the first of the grid. Absent if no pruned model is better than the plain one
 * @param tied further groups as good
 * @param provisional whether a group lacks validation cells, so that the choice may change
 * @param adjusted McNemar's p-value, corrected by Holm for the headlines of the run: what was
 *     chosen on validation is tested once
 */
public record Headline(
    long seed,
    Optional<Score> plain,
    int candidates,
    Optional<GroupSummary> best,
    int tied,
    boolean provisional,
    OptionalDouble adjusted) {

  /** The tested figures of the best group, if there are any. */
  public Optional<GroupSummary.Tested> test() {
    return best.flatMap(GroupSummary::test);
  }

  /** The change in score on test: 0 where the plain model is best. Absent while not tested. */
  public OptionalDouble change() {
    if (best.isEmpty()) {
      return candidates > 0 && plain.isPresent() ? OptionalDouble.of(0) : OptionalDouble.empty();
    }
    return test().stream().mapToDouble(GroupSummary.Tested::change).findFirst();
  }

  /** McNemar's exact p-value on test, where there is a test. */
  public OptionalDouble pValue() {
    return best.isEmpty() ? OptionalDouble.empty() : best.get().pValue();
  }

  Headline withAdjusted(double p) {
    return new Headline(seed, plain, candidates, best, tied, provisional, OptionalDouble.of(p));
  }

  /** The whole result, keys in snake case. Absent figures have no key. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seed", seed);
    plain.ifPresent(score -> json.set("plain_test", score.toJson()));
    json.put("candidates", candidates).put("provisional", provisional);
    best.ifPresent(
        group -> {
          json.set("best", group.toJson());
          json.put("tied_groups", tied);
        });
    change().ifPresent(value -> json.put("change", value));
    adjusted.ifPresent(p -> json.put("p_value_holm", p));
    return json;
  }
}
