package rankine.spark;

import java.util.List;
import rankine.cli.SweepProgram;
import rankine.cli.WorkerArguments;
import rankine.engine.sweep.GroupAssignment;

/**
 * The model of an executor, with what was kept of the groups that it evaluated. It outlives tasks,
 * so it is the one static state of this module: Spark gives tasks no other place that does.
 */
final class ExecutorModel {
  /** A sweep: its command line, and its {@code run.json} with the hash of the checkpoint. */
  private record SweepKey(WorkerArguments arguments, String identity) {}

  private static SweepKey key;
  private static SweepProgram.OpenWorker worker;

  private ExecutorModel() {}

  /**
   * Evaluates a group; tasks of one executor take turns, as one uses all its cores.
   *
   * @throws rankine.common.RankineException if the checkpoint, a task or the data differ from the
   *     driver's, or as in {@link rankine.engine.sweep.Sweep#run}
   */
  static synchronized List<String> evaluate(
      WorkerArguments arguments, String identity, GroupAssignment assignment) {
    SweepKey wanted = new SweepKey(arguments, identity);
    if (!wanted.equals(key)) {
      if (worker != null) {
        worker.close();
        worker = null;
        key = null;
      }
      worker = SweepProgram.open(arguments, identity);
      key = wanted;
    }
    return worker.evaluate(assignment);
  }
}
