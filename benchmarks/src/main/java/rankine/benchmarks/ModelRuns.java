package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;

/** A whole model: do the contenders compute the same, and how fast? */
final class ModelRuns {
  private static final int PREFILL = 440;
  private static final int DECODE_PROMPT = 128;
  private static final int DECODE = 64;

  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;

  ModelRuns(Contenders contenders, Interleaved interleaved, Results results) {
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /**
   * Measures everything on the checkpoint {@code model}; ours is first, the rest are its rivals.
   */
  void run(Path model) {
    List<WorkerProcess> workers = new ArrayList<>();
    try {
      workers.add(WorkerProcess.start(contenders.engine(model)).orElseThrow());
      WorkerProcess.start(contenders.torch(model)).ifPresent(workers::add);
      workers.forEach(results::contender);
      measure(
          workers, "prefill %d tokens".formatted(PREFILL), "prefill", prefill(), PREFILL, "≥ 0.5");
      measure(
          workers,
          "decode %d tokens after %d".formatted(DECODE, DECODE_PROMPT),
          "decode",
          decode(),
          DECODE,
          "≥ 0.5");
      for (WorkerProcess rival : workers.subList(1, workers.size())) {
        agreement(workers.getFirst(), rival);
      }
    } finally {
      workers.forEach(WorkerProcess::close);
    }
  }

  private void measure(
      List<WorkerProcess> workers,
      String what,
      String op,
      ObjectNode request,
      int tokens,
      String goal) {
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    for (WorkerProcess worker : workers) {
      turns.put(worker.name(), () -> worker.ask(op, request).get("seconds").doubleValue());
    }
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
                            "tokens/s",
                            measured.samples().rates(tokens),
                            OptionalDouble.of(tokens / measured.first()),
                            OptionalDouble.of(measured.otherLoad())))));
    for (Results.Figure rival : figures.subList(1, figures.size())) {
      results.ratio(figures.getFirst(), rival, goal);
    }
  }

  /** Says how far the two contenders' results are apart. */
  private void agreement(WorkerProcess ours, WorkerProcess rival) {
    JsonNode a = ours.ask("prefill", prefill().put("want_logits", true)).get("logits");
    JsonNode b = rival.ask("prefill", prefill().put("want_logits", true)).get("logits");
    if (a.size() != b.size()) {
      throw new IllegalStateException(
          "%s: expected %d logits, found %d".formatted(rival.name(), a.size(), b.size()));
    }
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < a.size(); i++) {
      difference = Math.max(difference, Math.abs(a.get(i).doubleValue() - b.get(i).doubleValue()));
      largest = Math.max(largest, Math.abs(b.get(i).doubleValue()));
    }
    int same = 0;
    JsonNode x = ours.ask("decode", decode()).get("ids");
    JsonNode y = rival.ask("decode", decode()).get("ids");
    while (same < x.size() && x.get(same).equals(y.get(same))) {
      same++;
    }
    results.remark(
        String.format(
            Locale.ROOT,
            "Agreement with %s after the prefill: max |Δ logit| %.2g, largest |logit| %.3g; the first"
                + " %d of %d decoded tokens are the same.",
            rival.name(),
            difference,
            largest,
            same,
            x.size()));
  }

  private static ObjectNode prefill() {
    return request(PREFILL);
  }

  private static ObjectNode decode() {
    return request(DECODE_PROMPT).put("tokens", DECODE);
  }

  private static ObjectNode request(int count) {
    ObjectNode request = Worker.JSON.createObjectNode();
    for (int id : Prompts.ids(count)) {
      request.withArray("ids").add(id);
    }
    return request;
  }
}
