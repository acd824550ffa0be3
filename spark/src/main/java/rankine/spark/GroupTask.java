package rankine.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import rankine.cli.SweepProgram;
import rankine.common.RankineException;
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
    List<String> lines = List.of();
    String failure = "";
    try {
      lines =
          MODEL.use(
              this,
              () -> SweepProgram.open(setup.here(context), identity),
              worker -> worker.evaluate(assignments.next()));
    } catch (RankineException e) {
      failure = e.getMessage();
    }
    return new GroupReply(
        SparkEnv.get().executorId(), ProcessHandle.current().pid(), lines, failure);
  }
}
