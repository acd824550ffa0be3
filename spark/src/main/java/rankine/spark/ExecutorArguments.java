package rankine.spark;

import java.util.List;
import org.apache.spark.TaskContext;
import rankine.cli.WorkerArguments;

/** The command line of an executor: the driver's, with what Spark has assigned to the executor. */
final class ExecutorArguments {
  private ExecutorArguments() {}

  static WorkerArguments of(List<String> arguments, TaskContext context) {
    return new WorkerArguments(arguments).withDefault("--threads", String.valueOf(context.cpus()));
  }
}
