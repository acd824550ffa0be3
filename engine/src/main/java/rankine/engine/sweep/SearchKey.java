package rankine.engine.sweep;

import java.util.Optional;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;

/**
 * One search for a rate: a benchmark, for a task with the demonstrations of one seed, and what is
 * pruned. The cells of one search key are a group.
 *
 * @param seed chooses the demonstrations; 0 for texts
 */
public record SearchKey(Benchmark benchmark, long seed, EditTarget target) {

  /** The cell of a rate; at rate 0 that of the unedited model, which all targets share. */
  public CellKey cell(PruningRate rate, EvaluationSplit split) {
    return new CellKey(
        benchmark, seed, rate.isZero() ? Optional.empty() : Optional.of(target), rate, split);
  }

  @Override
  public String toString() {
    return benchmark + (benchmark instanceof TextPair ? "" : ", seed " + seed) + ", " + target;
  }
}
