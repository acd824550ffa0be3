package rankine.spark;

import java.util.List;
import java.util.function.Consumer;
import rankine.cli.WorkerArguments;
import rankine.engine.sweep.GroupAssignment;
import rankine.engine.sweep.GroupEngine;

/**
 * Spark's executors as the engine of a sweep.
 *
 * @param arguments of the sweep
 */
record SparkGroups(ExecutorCluster cluster, WorkerArguments arguments) implements GroupEngine {
  @Override
  public void evaluate(
      String identity, List<GroupAssignment> assignments, Consumer<List<String>> finished) {
    cluster.run(
        assignments,
        GroupAssignment.class,
        new GroupTask(arguments.arguments(), identity),
        GroupReply.class,
        (reply, _) -> finished.accept(reply.lines()));
  }
}
