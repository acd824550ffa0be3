package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.TaskVersion;

/**
 * The effect of pruning one layer and module, or the whole model by one method, on a task, over the
 * seeds; each seed chooses its own rate.
 *
 * @param rates chosen, one per seed that has a choice
 * @param validation the change in score on the split that the rates were chosen on
 * @param test the change on test
 */
public record PruningEffect(
    EditTarget target,
    List<PruningRate> rates,
    Optional<SeedSpread> validation,
    Optional<SeedSpread> test) {

  /** Copies the list. */
  public PruningEffect {
    rates = List.copyOf(rates);
  }

  /**
   * Computes the effect from the groups of one target, one per seed.
   *
   * @param alike whether some of the seeds have the same prompts
   */
  static PruningEffect of(EditTarget target, List<GroupSummary> seeds, boolean alike) {
    return new PruningEffect(
        target,
        seeds.stream().flatMap(group -> group.chosen().stream()).toList(),
        spread(
            seeds.stream()
                .flatMap(group -> group.validation().stream())
                .mapToDouble(GroupSummary.Change::value)
                .toArray(),
            alike),
        spread(
            seeds.stream()
                .flatMap(group -> group.test().stream())
                .mapToDouble(GroupSummary.Change::value)
                .toArray(),
            alike));
  }

  private static Optional<SeedSpread> spread(double[] changes, boolean alike) {
    if (changes.length == 0) {
      return Optional.empty();
    }
    SeedSpread spread = SeedSpread.of(changes);
    return Optional.of(alike ? spread.alike() : spread);
  }

  /** The target's keys, {@code chosen_rates}; for a task {@code validation}, {@code test}. */
  ObjectNode toJson(Benchmark benchmark) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    target.addTo(json);
    ArrayNode chosen = json.putArray("chosen_" + target.axis() + "s");
    rates.forEach(rate -> chosen.add(rate.value()));
    if (benchmark instanceof TaskVersion) { // texts have no seeds
      validation.ifPresent(s -> json.set("validation", s.toJson()));
      test.ifPresent(s -> json.set("test", s.toJson()));
    }
    return json;
  }
}
