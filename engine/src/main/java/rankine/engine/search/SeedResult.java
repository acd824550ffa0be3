package rankine.engine.search;

import java.util.List;
import rankine.engine.run.EvaluationRun;
import rankine.engine.stats.ExampleOutcome;
import rankine.engine.stats.PairedComparison;

/**
 * One variant of a model on one part of a task with one seed.
 *
 * @param outcomes one an example, in the order of the data
 */
record SeedResult(long seed, EvaluationRun run, List<ExampleOutcome> outcomes) {
  SeedResult {
    outcomes = List.copyOf(outcomes);
  }

  /** This one against {@code plain}, example by example; of the same part and seed. */
  PairedComparison against(SeedResult plain) {
    return PairedComparison.of(plain.outcomes, outcomes, seed);
  }
}
