package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;

/** Benchmarks causal attention of new tokens over their past, including the KV append. */
final class AttentionRuns {
  private static final int HEADS = 12;
  private static final int HEAD_DIM = 64;
  private static final double MIN_SECONDS = 0.2;
  private static final double GIGA = 1e9;

  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;

  /**
   * @param rows new tokens
   * @param past tokens before them
   */
  private record AttentionShape(int rows, int past) {
    /** FLOP of both products, counting only the causal (lower) part of the square. */
    double flops() {
      return 4.0 * HEADS * HEAD_DIM * ((double) rows * past + rows * (rows + 1.0) / 2);
    }
  }

  AttentionRuns(Contenders contenders, Interleaved interleaved, Results results) {
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /** Measures prefill and decode. */
  void run() {
    List<WorkerProcess> workers = new ArrayList<>();
    try {
      workers.add(WorkerProcess.start(contenders.kernels()).orElseThrow());
      WorkerProcess.start(contenders.torchLinear()).ifPresent(workers::add);
      for (AttentionShape shape :
          List.of(
              new AttentionShape(440, 0),
              new AttentionShape(256, 440),
              new AttentionShape(1, 1024))) {
        measure(workers, shape);
      }
    } finally {
      workers.forEach(WorkerProcess::close);
    }
  }

  private void measure(List<WorkerProcess> workers, AttentionShape shape) {
    ObjectNode request =
        Worker.JSON
            .createObjectNode()
            .put("rows", shape.rows)
            .put("past", shape.past)
            .put("heads", HEADS)
            .put("head_dim", HEAD_DIM)
            .put("min_seconds", MIN_SECONDS);
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    for (WorkerProcess worker : workers) {
      turns.put(
          worker.name(),
          () -> {
            JsonNode answer = worker.ask("attend", request);
            double calls = answer.get("calls").doubleValue();
            return calls * shape.flops() / answer.get("seconds").doubleValue() / GIGA;
          });
    }
    String what = "attention, %d tokens after %d, 12 heads of 64".formatted(shape.rows, shape.past);
    List<Results.Figure> figures = new ArrayList<>();
    interleaved
        .measure(turns)
        .forEach(
            (name, measured) ->
                figures.add(
                    results.figure(
                        new Results.Figure(
                            what,
                            name,
                            "GFLOP/s",
                            measured.samples(),
                            OptionalDouble.empty(),
                            OptionalDouble.of(measured.otherLoad())))));
    for (Results.Figure rival : figures.subList(1, figures.size())) {
      results.ratio(figures.getFirst(), rival, "");
    }
    results.groupEnds();
  }
}
