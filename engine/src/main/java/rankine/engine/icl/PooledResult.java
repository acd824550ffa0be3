package rankine.engine.icl;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.stats.Interval;

/**
 * The results of a task's parts as one: the mean over all examples, each counted once, which is how
 * lm-evaluation-harness aggregates its group {@code mmlu}.
 *
 * @param results one per part, at least one, all of one task, version and split
 */
public record PooledResult(List<EvaluationResult> results) {
  /** Copies the list. */
  public PooledResult {
    results = List.copyOf(results);
  }

  /** Returns the number of examples. */
  public int n() {
    return results.stream().mapToInt(result -> result.counts().n()).sum();
  }

  /** Returns the number of correct predictions. */
  public int correct() {
    return results.stream().mapToInt(result -> result.counts().correct()).sum();
  }

  /** Returns correct / n. */
  public double accuracy() {
    return (double) correct() / n();
  }

  /** Returns the 95 % interval of correct / n. */
  public Interval interval() {
    return Interval.wilson95(correct(), n());
  }

  /** Returns the task, the number of parts, and the figures. */
  public ObjectNode toJson() {
    EvaluationResult first = results.getFirst();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("task", first.task().name())
        .put("version", first.task().version())
        .put("split", first.options().part().label())
        .put("folders", results.size())
        .put("n", n())
        .put("correct", correct())
        .put("accuracy", accuracy());
    json.set("interval", interval().toJson());
    return json;
  }
}
