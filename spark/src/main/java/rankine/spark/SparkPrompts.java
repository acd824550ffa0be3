package rankine.spark;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import rankine.common.RunException;
import rankine.common.io.Json;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.ModelIdentity;
import rankine.engine.run.ModelOutput;
import rankine.engine.run.PromptEngine;

/** Spark's executors as the engine of an evaluation. */
final class SparkPrompts implements PromptEngine {
  private final ExecutorCluster cluster;
  private final PromptTask task;
  private final int batchSize;
  private final TreeSet<String> backends = new TreeSet<>();

  /**
   * An engine for one model.
   *
   * @param setup of the evaluation's model
   * @param identity of the model
   * @param batchSize prompts of a task
   */
  SparkPrompts(
      ExecutorCluster cluster, ExecutorSetup setup, ModelIdentity identity, int batchSize) {
    this.cluster = cluster;
    this.task = new PromptTask(setup, identity);
    this.batchSize = batchSize;
  }

  @Override
  public ModelOutput output(PromptBatch prompts, ProgressListener progress) {
    List<PromptBatch> parts = prompts.parts(batchSize);
    ModelOutput[] outputs = new ModelOutput[parts.size()];
    int[] done = {0};
    cluster.run(
        parts,
        PromptBatch.class,
        task,
        PromptReply.class,
        (reply, index) -> {
          if (!reply.failure().isEmpty()) {
            return; // the cluster throws it
          }
          outputs[index] = reply.output();
          backends.add(reply.backend());
          done[0] += parts.get(index).prompts().size();
          progress.progress(done[0], prompts.prompts().size());
        });
    return ModelOutput.concat(Arrays.asList(outputs));
  }

  /** Lists the different texts of the executors, sorted. */
  @Override
  public ObjectNode backend() {
    Map<String, TreeSet<String>> values = new LinkedHashMap<>();
    for (String backend : backends) {
      Json.of("backend", RunException::new)
          .object(backend.getBytes(StandardCharsets.UTF_8))
          .tree()
          .properties()
          .forEach(
              entry ->
                  values
                      .computeIfAbsent(entry.getKey(), _ -> new TreeSet<>())
                      .add(entry.getValue().textValue()));
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    values.forEach((key, texts) -> json.put(key, String.join("; ", texts)));
    return json;
  }
}
