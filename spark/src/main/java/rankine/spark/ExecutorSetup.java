package rankine.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import rankine.cli.WorkerArguments;

/**
 * How an executor opens its model.
 *
 * @param arguments of the command, with paths of the driver
 * @param shipped files that Spark has copied to the executor; none if it sees the driver's paths
 */
record ExecutorSetup(WorkerArguments arguments, List<ShippedFile> shipped) implements Serializable {
  /**
   * The folder of the files that came, by their paths on the driver, in Spark's own for the
   * executor.
   */
  private static final String FOLDER = "rankine";

  /** Copies the list. */
  ExecutorSetup {
    shipped = List.copyOf(shipped);
  }

  /**
   * Returns the command line of this executor, with what Spark has assigned to it.
   *
   * @throws rankine.common.RunException for a shipped file that is not the driver's
   */
  WorkerArguments here(TaskContext context) {
    Map<String, List<String>> resources = new HashMap<>();
    context
        .resourcesJMap()
        .forEach((name, assigned) -> resources.put(name, List.of(assigned.addresses())));
    WorkerArguments here =
        ExecutorDevice.chosen(arguments, resources)
            .withDefault("--threads", String.valueOf(context.cpus()));
    if (shipped.isEmpty()) {
      return here;
    }
    Path root = Path.of(SparkFiles.getRootDirectory(), FOLDER).toAbsolutePath();
    shipped.forEach(file -> file.place(Path.of(SparkFiles.get(file.name())), root));
    return here.under(root);
  }
}
