package rankine.engine.search;

import java.util.List;
import rankine.engine.run.EvaluationRun;
import rankine.engine.stats.Outcome;
import rankine.engine.stats.PairedComparison;

/**
 * One variant of a model on one part of a task with one seed.
 *
 * @param outcomes one an example, in the order of the data
 */
record Evaluated(long seed, EvaluationRun run, List<Outcome> outcomes) {
  Evaluated {
    outcomes = List.copyOf(outcomes);
  }

  /** This one against {@code plain}, example by example; of the same part and seed. */
  PairedComparison against(Evaluated plain) {
    return PairedComparison.of(plain.outcomes, outcomes, seed);
  }
}
