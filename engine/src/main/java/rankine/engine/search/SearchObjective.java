package rankine.engine.search;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.common.EditException;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Task;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.sweep.BenchmarkData;

/**
 * The objective that scores edits.
 *
 * @param data what edits are evaluated on: validation chooses, test reports
 * @param seeds of the demonstrations; the choice uses the mean score over them. For texts 0 alone
 */
public record SearchObjective(BenchmarkData data, List<Long> seeds) {
  /**
   * An objective on the examples of a task.
   *
   * @param data the folder with the task's files
   * @param options its split and seed are ignored
   */
  public SearchObjective(Task task, Path data, EvaluationOptions options, List<Long> seeds) {
    this(new BenchmarkData.TaskExamples(new EvaluationRequest(task, data, options)), seeds);
  }

  /** Refuses an empty list of seeds, and a seed given twice. */
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
