package rankine.engine.search;

import java.util.List;
import rankine.engine.run.EvaluationRun;
import rankine.engine.stats.ExampleOutcome;
import rankine.engine.stats.PairedComparison;

/**
 * Result of one variant on one split of a task with one seed.
 *
 * @param outcomes one per example, in the order of the data
 */
record SeedResult(long seed, EvaluationRun run, List<ExampleOutcome> outcomes) {
  SeedResult {
    outcomes = List.copyOf(outcomes);
  }

  /**
   * Compares this result with {@code plain}, example by example; both are of the same split and
   * seed.
   */
  PairedComparison against(SeedResult plain) {
    return PairedComparison.of(plain.outcomes, outcomes, seed);
  }
}
