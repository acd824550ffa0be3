package rankine.engine.sweep;

import java.util.List;
import java.util.function.Consumer;

/**
 * Evaluates groups of a sweep by other processes, such as those of a cluster, each with a {@link
 * GroupWorker}. The caller has the run folder.
 */
public interface GroupEngine {
  /**
   * Evaluates every assignment.
   *
   * @param identity what {@link GroupWorker#of} compares: {@code run.json} as one line
   * @param assignments neighbours have most in common; they may run in any order
   * @param finished receives the lines of an assignment as soon as it ends or fails, in the
   *     caller's thread
   * @throws rankine.common.RankineException if one fails
   */
  void evaluate(
      String identity, List<GroupAssignment> assignments, Consumer<List<String>> finished);
}
