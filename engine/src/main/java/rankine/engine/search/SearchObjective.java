package rankine.engine.search;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.common.EditException;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Task;

/**
 * What a search judges edits by, and how it makes them.
 *
 * @param data the folder with the task's files
 * @param options neither its part (validation chooses, test reports) nor its seed is looked at
 * @param seeds of the demonstrations; a choice goes by the mean over them
 * @param plan method and factors; its edits are not looked at
 */
public record SearchObjective(
    Task task, Path data, EvaluationOptions options, List<Long> seeds, EditPlan plan) {

  /** Refuses to have no seed, or one twice. */
  public SearchObjective {
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty()) {
      throw new EditException("seeds: expected at least one, found none");
    }
    Set<Long> seen = new HashSet<>();
    for (long seed : seeds) {
      if (!seen.add(seed)) {
        throw new EditException("seeds: expected each once, found " + seed + " twice");
      }
    }
  }
}
