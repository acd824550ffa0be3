package rankine.spark;

import java.io.Serializable;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import rankine.cli.SweepProgram;
import rankine.engine.sweep.GroupAssignment;
import scala.Function2;
import scala.collection.Iterator;

/**
 * One task of Spark: evaluates one group with the model that this executor holds.
 *
 * @param setup of the sweep's model
 * @param identity as for {@link rankine.engine.sweep.GroupWorker#of}
 */
record GroupTask(ExecutorSetup setup, String identity)
    implements Function2<TaskContext, Iterator<GroupAssignment>, GroupReply>, Serializable {
  private static final ExecutorModel<GroupTask, SweepProgram.OpenWorker> MODEL =
      new ExecutorModel<>();

  /** Other exceptions are left to Spark, which tries the group again elsewhere. */
  @Override
  public GroupReply apply(TaskContext context, Iterator<GroupAssignment> assignments) {
    return GroupReply.of(
        SparkEnv.get().executorId(),
        ProcessHandle.current().pid(),
        line ->
            MODEL.use(
                this,
                () -> SweepProgram.open(setup.here(context), identity),
                worker -> {
                  worker.evaluate(assignments.next(), line);
                  return worker;
                }));
  }
}
