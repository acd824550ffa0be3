package rankine.engine.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.stats.BestCandidates;
import rankine.engine.stats.Holm;
import rankine.engine.stats.Score;
import rankine.engine.stats.TextScore;
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.SweepRun;

/**
 * The result for one task and seed: the best layer, module and rate on validation, and its result
 * on test.
 *
 * @param plain the unedited model on test; absent until evaluated
 * @param candidates pruned models compared on validation: those of groups with all rates evaluated
 * @param best the group with the best rate of all; ties go to the smallest rate, then the first in
 *     the grid. Absent if no pruned model is better than the unedited one
 * @param tied number of other groups with the same score
 * @param provisional whether a group lacks validation cells, so that the choice may change
 * @param adjusted the p-value, Holm-corrected for the headlines of the run: each choice is tested
 *     once
 */
public record Headline(
    long seed,
    Optional<Score> plain,
    int candidates,
    Optional<GroupSummary> best,
    int tied,
    boolean provisional,
    OptionalDouble adjusted) {

  /** One headline per seed; p-values are not corrected yet. */
  static List<Headline> of(SweepRun run, Benchmark task, List<GroupSummary> groups) {
    Map<Long, List<GroupSummary>> bySeed =
        groups.stream()
            .collect(
                Collectors.groupingBy(
                    summary -> summary.key().seed(), LinkedHashMap::new, Collectors.toList()));
    return bySeed.entrySet().stream()
        .map(seed -> of(run, task, seed.getKey(), seed.getValue()))
        .toList();
  }

  private static Headline of(SweepRun run, Benchmark task, long seed, List<GroupSummary> groups) {
    CellKey plain =
        new CellKey(task, seed, Optional.empty(), PruningRate.ZERO, EvaluationSplit.TEST);
    List<GroupSummary> decided =
        groups.stream().filter(group -> group.chosen().isPresent()).toList();
    List<GroupSummary> tied = best(decided);
    // min takes the first of ties: the groups are in the order of the grid.
    Optional<GroupSummary> best = tied.stream().min(Comparator.comparing(Headline::rate));
    return new Headline(
        seed,
        Optional.ofNullable(run.cells().get(plain)).map(Cell::score),
        decided.stream().mapToInt(group -> group.result().rates().size() - 1).sum(),
        best,
        Math.max(0, tied.size() - 1),
        decided.size() < groups.size(),
        OptionalDouble.empty());
  }

  private static PruningRate rate(GroupSummary group) {
    return group.chosen().orElseThrow();
  }

  /** The groups with the highest score on validation, of those that chose a pruned model. */
  private static List<GroupSummary> best(List<GroupSummary> decided) {
    List<GroupSummary> pruned = decided.stream().filter(group -> !rate(group).isZero()).toList();
    if (pruned.isEmpty()) {
      return List.of();
    }
    double[] scores =
        pruned.stream()
            .mapToDouble(group -> group.validation().orElseThrow().chosen().value())
            .toArray();
    return BestCandidates.best(scores).stream().map(pruned::get).toList();
  }

  /** Holm-corrects the p-values of all tasks' headlines together. */
  static List<List<Headline>> corrected(List<List<Headline>> tasks) {
    return Holm.corrected(tasks, Headline::pValue, Headline::withAdjusted);
  }

  /** The test result of the best group, if there is one. */
  public Optional<GroupSummary.Change> test() {
    return best.flatMap(GroupSummary::test);
  }

  /**
   * The change in the score's value on test: 0 if the unedited model is best. Absent until tested.
   */
  public OptionalDouble change() {
    if (best.isEmpty()) {
      return candidates > 0 && plain.isPresent() ? OptionalDouble.of(0) : OptionalDouble.empty();
    }
    return test().stream().mapToDouble(GroupSummary.Change::value).findFirst();
  }

  /** The p-value on test, if there is a test. */
  public OptionalDouble pValue() {
    return best.isEmpty() ? OptionalDouble.empty() : best.get().pValue();
  }

  private Headline withAdjusted(double p) {
    return new Headline(seed, plain, candidates, best, tied, provisional, OptionalDouble.of(p));
  }

  /** The whole result; keys in snake case. Absent values have no key. */
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
    change()
        .ifPresent(
            value ->
                json.put(
                    plain.filter(TextScore.class::isInstance).isPresent()
                        ? "nll_per_token_change"
                        : "change",
                    plain.filter(TextScore.class::isInstance).isPresent() ? 0 - value : value));
    adjusted.ifPresent(p -> json.put("p_value_holm", p));
    return json;
  }
}
