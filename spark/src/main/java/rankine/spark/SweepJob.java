package rankine.spark;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.spark.SparkConf;
import rankine.cli.Location;
import rankine.cli.SweepProgram;
import rankine.cli.SweepRunner;
import rankine.cli.WorkerArguments;
import rankine.engine.run.LoadedModel;
import rankine.engine.sweep.GroupAssignment;
import rankine.engine.sweep.GroupEngine;
import rankine.engine.sweep.Sweep;
import rankine.engine.sweep.SweepListener;
import rankine.engine.sweep.SweepRequest;
import rankine.engine.sweep.SweepSummary;
import rankine.engine.sweep.TaskData;

/**
 * {@code spark-submit --class rankine.spark.SweepJob rankine-spark.jar ARGS}: {@code rankine sweep
 * ARGS} with the cells evaluated by Spark's executors.
 */
public final class SweepJob implements SweepRunner {
  private final SparkConf settings;
  private final Consumer<ExecutorReply> replies;

  /**
   * Creates the runner of a sweep.
   *
   * @param settings of the cluster; what is missing is set as executors need it
   */
  SweepJob(SparkConf settings, Consumer<ExecutorReply> replies) {
    this.settings = settings;
    this.replies = replies;
  }

  /** Exits with 0 for success, 2 for wrong usage, 1 for any other failure. */
  public static void main(String[] args) {
    int code = SweepProgram.run(List.of(args), new SweepJob(new SparkConf(), _ -> {}));
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public SweepSummary run(
      LoadedModel loaded, SweepRequest request, WorkerArguments worker, SweepListener listener) {
    DriverChecks.check(settings, DriverChecks.neededHeap(loaded.original()));
    Optional<String> uri = worker.value("--run").filter(Location::isUri);
    if (uri.isEmpty()) {
      return run(loaded, request, worker, listener, UnaryOperator.identity());
    }
    try (RemoteRun run = RemoteRun.open(uri.get(), request.shard(), settings)) {
      SweepSummary summary =
          run(
              loaded,
              request.withFolder(run.folder()),
              worker,
              listener,
              groups -> new PushedGroups(groups, run));
      run.push();
      return summary.withFolder(uri.get());
    }
  }

  private SweepSummary run(
      LoadedModel loaded,
      SweepRequest request,
      WorkerArguments worker,
      SweepListener listener,
      UnaryOperator<GroupEngine> around) {
    long neededHeap = DriverChecks.neededHeap(loaded.original());
    try (ExecutorCluster cluster = ExecutorCluster.start(settings, neededHeap, replies)) {
      List<ShippedFile> shipped = Shipment.ship(cluster.context(), files(loaded, request, worker));
      ExecutorSetup setup = new ExecutorSetup(worker, shipped);
      return Sweep.run(loaded, request, listener, around.apply(new SparkGroups(cluster, setup)));
    }
  }

  /**
   * Spark's executors as the engine of a sweep.
   *
   * @param setup of the sweep's model
   */
  private record SparkGroups(ExecutorCluster cluster, ExecutorSetup setup) implements GroupEngine {
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

  /** Groups whose lines are in a remote folder before the next are written. */
  private record PushedGroups(GroupEngine engine, RemoteRun run) implements GroupEngine {
    @Override
    public void evaluate(
        String identity, List<GroupAssignment> assignments, Consumer<List<String>> finished) {
      run.push(); // whose run it is, before any work
      engine.evaluate(
          identity,
          assignments,
          lines -> {
            finished.accept(lines);
            run.push();
          });
    }
  }

  /** What an executor reads. */
  private static Set<Path> files(LoadedModel loaded, SweepRequest request, WorkerArguments worker) {
    Set<Path> files = Shipment.of(loaded.checkpoint());
    for (TaskData task : request.tasks()) {
      task.task().dataFiles(task.data()).forEach(file -> files.add(Shipment.absolute(file)));
    }
    files.addAll(worker.files());
    return files;
  }
}
