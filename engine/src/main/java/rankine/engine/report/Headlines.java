package rankine.engine.report;

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
import rankine.engine.sweep.Benchmark;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.CellKey;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.SweepRun;

/** Chooses the best of the whole grid, for each task and seed. */
final class Headlines {
  private Headlines() {}

  /** One headline per seed; p-values are not corrected yet. */
  static List<Headline> of(SweepRun run, Benchmark task, List<GroupSummary> groups) {
    Map<Long, List<GroupSummary>> bySeed =
        groups.stream()
            .collect(
                Collectors.groupingBy(
                    summary -> summary.key().seed(), LinkedHashMap::new, Collectors.toList()));
    return bySeed.entrySet().stream()
        .map(seed -> headline(run, task, seed.getKey(), seed.getValue()))
        .toList();
  }

  private static Headline headline(
      SweepRun run, Benchmark task, long seed, List<GroupSummary> groups) {
    CellKey plain =
        new CellKey(task, seed, Optional.empty(), PruningRate.ZERO, EvaluationSplit.TEST);
    List<GroupSummary> decided =
        groups.stream().filter(group -> group.chosen().isPresent()).toList();
    List<GroupSummary> tied = best(decided);
    // min takes the first of ties: the groups are in the order of the grid.
    Optional<GroupSummary> best = tied.stream().min(Comparator.comparing(Headlines::rate));
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
}
