package rankine.spark;

import java.util.List;
import java.util.function.Consumer;
import rankine.engine.sweep.GroupAssignment;
import rankine.engine.sweep.GroupEngine;

/**
 * Spark's executors as the engine of a sweep.
 *
 * @param setup of the sweep's model
 */
record SparkGroups(ExecutorCluster cluster, ExecutorSetup setup) implements GroupEngine {
  @Override
  public void evaluate(
      String identity, List<GroupAssignment> assignments, Consumer<List<String>> finished) {
    cluster.run(
        assignments,
        GroupAssignment.class,
        new GroupTask(setup, identity),
        GroupReply.class,
        (reply, _) -> finished.accept(reply.lines()));
  }
}
