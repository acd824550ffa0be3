package rankine.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import rankine.cli.EvalProgram;
import rankine.common.RankineException;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.ModelIdentity;
import rankine.engine.run.ModelOutput;
import scala.Function2;
import scala.collection.Iterator;

/**
 * One task of Spark: runs one batch of prompts with the model that this executor holds.
 *
 * @param setup of the evaluation's model
 * @param identity of the model, as the driver sees it
 */
record PromptTask(ExecutorSetup setup, ModelIdentity identity)
    implements Function2<TaskContext, Iterator<PromptBatch>, PromptReply>, Serializable {
  private static final ExecutorModel<PromptTask, EvalProgram.OpenModel> MODEL =
      new ExecutorModel<>();

  /** Other exceptions are left to Spark, which tries the batch again elsewhere. */
  @Override
  public PromptReply apply(TaskContext context, Iterator<PromptBatch> batches) {
    String executor = SparkEnv.get().executorId();
    long pid = ProcessHandle.current().pid();
    PromptBatch batch = batches.next();
    try {
      return MODEL.use(
          this,
          () -> EvalProgram.open(setup.here(context), identity),
          model ->
              new PromptReply(executor, pid, model.output(batch), model.backend().toString(), ""));
    } catch (RankineException e) {
      ModelOutput none = new ModelOutput.ContinuationScores(List.of());
      return new PromptReply(executor, pid, none, "", e.getMessage());
    }
  }
}
