package rankine.engine.sweep;

import java.util.Optional;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;

/**
 * What one rate is chosen for: a task with one seed's demonstrations, and a place to prune.
 *
 * @param seed chooses the demonstrations
 */
public record SearchKey(TaskVersion task, long seed, EditTarget site) {

  /** The cell of a rate; at rate 0 that of the plain model, which all sites share. */
  public CellKey cell(PruningRate rate, EvaluationSplit part) {
    return new CellKey(
        task, seed, rate.isZero() ? Optional.empty() : Optional.of(site), rate, part);
  }

  @Override
  public String toString() {
    return task + ", seed " + seed + ", " + site;
  }
}
