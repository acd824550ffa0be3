package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.engine.run.EvaluationRequest;

/** A benchmark with its data. */
public sealed interface BenchmarkData permits BenchmarkData.TaskExamples, TextData {
  /**
   * The examples of a task.
   *
   * @param request its split and seed are ignored
   */
  record TaskExamples(EvaluationRequest request) implements BenchmarkData {
    @Override
    public TaskVersion benchmark() {
      return TaskVersion.of(request.task());
    }

    @Override
    public void addTo(ObjectNode json) {
      benchmark().addTo(json);
    }
  }

  /** What the data is of. */
  Benchmark benchmark();

  /** Adds the benchmark's keys, and what else its figures depend on. */
  void addTo(ObjectNode json);
}
