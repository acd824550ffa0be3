package rankine.spark;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import rankine.cli.EvalProgram;
import rankine.cli.EvalRunner;
import rankine.cli.WorkerArguments;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.ModelIdentity;

/**
 * {@code spark-submit --class rankine.spark.EvalJob rankine-spark.jar ARGS}: {@code rankine eval
 * ARGS} with the prompts run by Spark's executors. The driver reads the data and makes the prompts;
 * executors need the checkpoint alone.
 */
public final class EvalJob implements EvalRunner {
  /**
   * Prompts of a task at most: some thousands of tokens, beside which the shared prefix is short.
   */
  private static final int MAX_BATCH = 1024;

  private final SparkConf settings;
  private final Consumer<ExecutorReply> replies;

  /**
   * Creates the runner of an evaluation.
   *
   * @param settings of the cluster; what is missing is set as executors need it
   */
  EvalJob(SparkConf settings, Consumer<ExecutorReply> replies) {
    this.settings = settings;
    this.replies = replies;
  }

  /** Exits with 0 for success, 2 for wrong usage, 1 for any other failure. */
  public static void main(String[] args) {
    int code = EvalProgram.run(List.of(args), new EvalJob(new SparkConf(), _ -> {}));
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public EvaluationResult run(
      LoadedModel loaded,
      EditPlan plan,
      TaskPrompts prompts,
      Optional<String> predictions,
      WorkerArguments worker,
      ProgressListener progress) {
    long neededHeap = DriverChecks.neededHeap(loaded.original());
    DriverChecks.check(settings, neededHeap);
    Optional<PredictionFolder> folder =
        predictions.map(location -> PredictionFolder.checked(location, settings));
    try (ExecutorCluster cluster = ExecutorCluster.start(settings, neededHeap, replies)) {
      int size = batchSize(prompts.batch().prompts().size(), cluster.slots());
      Set<Path> files = Shipment.of(loaded.checkpoint());
      files.addAll(worker.files());
      ExecutorSetup setup = new ExecutorSetup(worker, Shipment.ship(cluster.context(), files));
      SparkPrompts engine = new SparkPrompts(cluster, setup, ModelIdentity.of(loaded, plan), size);
      if (folder.isEmpty()) {
        return Evaluator.once(loaded, plan, prompts, engine, progress);
      }
      try (PredictionFolder.Parts parts = folder.get().parts(size)) {
        EvaluationResult result = Evaluator.once(loaded, plan, prompts, engine, progress);
        result.predictions().forEach(prediction -> parts.write(prediction.toJson()));
        loaded.checkpoint().checkUnchanged();
        parts.commit();
        return result;
      }
    }
  }

  /** Returns the prompts of a task: every slot has one at least. */
  static int batchSize(int prompts, int slots) {
    return Math.min(MAX_BATCH, Math.ceilDiv(prompts, slots));
  }
}
