package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;

/** Benchmarks a whole model, and checks that the contenders compute the same logits. */
final class ModelRuns {
  private static final int PREFILL = 440;
  private static final int DECODE_PROMPT = 128;
  private static final int DECODE = 64;

  /**
   * Largest accepted difference, relative to the largest logit: rounding activations to 16 bits
   * stays below it, another computation does not.
   */
  private static final double MAX_DIFFERENCE = 0.01;

  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;

  ModelRuns(Contenders contenders, Interleaved interleaved, Results results) {
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /**
   * Measures prefill and decode on one checkpoint. A rival with other logits gets no ratio.
   *
   * @param label name of the architecture in the report
   * @param model the checkpoint that {@code random} wrote
   */
  void run(String label, RandomModel random, Path model, List<Rival> rivals) {
    Map<WorkerProcess, Rival> running = new LinkedHashMap<>();
    BenchmarkPrompt prompt = new BenchmarkPrompt(random.vocab());
    try (WorkerProcess ours = WorkerProcess.start(contenders.engine(model)).orElseThrow()) {
      try {
        for (Rival rival : rivals) {
          WorkerProcess.start(rival.contender()).ifPresent(worker -> running.put(worker, rival));
        }
        List<WorkerProcess> all = new ArrayList<>(List.of(ours));
        all.addAll(running.keySet());
        all.forEach(results::contender);
        // Check agreement last: the first call of each process is also measured.
        Map<String, Results.Figure> prefill =
            measure(
                "%s, prefill %d tokens".formatted(label, PREFILL),
                "prefill",
                prompt.prefill(),
                PREFILL,
                all);
        Map<String, Results.Figure> decode =
            measure(
                "%s, decode %d tokens after %d".formatted(label, DECODE, DECODE_PROMPT),
                "decode",
                prompt.decode(),
                DECODE,
                all);
        running.forEach(
            (worker, rival) -> {
              if (agree(label, ours, worker, prompt)) {
                String name = worker.name();
                results.ratio(prefill.get(ours.name()), prefill.get(name), rival.prefillGoal());
                results.ratio(decode.get(ours.name()), decode.get(name), rival.decodeGoal());
              }
            });
      } finally {
        running.keySet().forEach(WorkerProcess::close);
      }
    }
  }

  /** Returns the figures by contender name. */
  private Map<String, Results.Figure> measure(
      String what, String op, ObjectNode request, int tokens, List<WorkerProcess> workers) {
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    for (WorkerProcess worker : workers) {
      turns.put(worker.name(), () -> worker.ask(op, request).get("seconds").doubleValue());
    }
    Map<String, Results.Figure> figures = new LinkedHashMap<>();
    interleaved
        .measure(turns)
        .forEach((name, measured) -> figures.put(name, figure(what, name, tokens, measured)));
    return figures;
  }

  private Results.Figure figure(
      String what, String name, int tokens, Interleaved.Measured measured) {
    return results.figure(
        new Results.Figure(
            what,
            name,
            "tokens/s",
            measured.samples().rates(tokens),
            OptionalDouble.of(tokens / measured.first()),
            OptionalDouble.of(measured.otherLoad())));
  }

  /**
   * Reports the difference of the two contenders' logits, and returns whether it is small enough
   * for a comparison of times.
   */
  private boolean agree(
      String label, WorkerProcess ours, WorkerProcess rival, BenchmarkPrompt prompt) {
    double[] a = logits(ours, prompt);
    double[] b = logits(rival, prompt);
    if (a.length != b.length) {
      throw new IllegalStateException(
          "%s: expected %d logits, found %d".formatted(rival.name(), a.length, b.length));
    }
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      difference = Math.max(difference, Math.abs(a[i] - b[i]));
      largest = Math.max(largest, Math.abs(a[i]));
    }
    boolean near = difference <= MAX_DIFFERENCE * largest;
    JsonNode x = ours.ask("decode", prompt.decode()).get("ids");
    JsonNode y = rival.ask("decode", prompt.decode()).get("ids");
    int same = 0;
    while (same < x.size() && x.get(same).equals(y.get(same))) {
      same++;
    }
    results.remark(
        String.format(
            Locale.ROOT,
            "%s: agreement with %s after the prefill: max |Δ logit| %.2g, largest |logit| %.3g; the"
                + " first %d of %d decoded tokens are the same.%s",
            label,
            rival.name(),
            difference,
            largest,
            same,
            x.size(),
            near ? "" : " **It computes something else: no ratio.**"));
    return near;
  }

  private static double[] logits(WorkerProcess worker, BenchmarkPrompt prompt) {
    JsonNode list = worker.ask("prefill", prompt.prefill().put("want_logits", true)).get("logits");
    double[] logits = new double[list.size()];
    Arrays.setAll(logits, i -> list.get(i).doubleValue());
    return logits;
  }

  /**
   * The requests to the contenders.
   *
   * @param vocab vocabulary size of the model
   */
  private record BenchmarkPrompt(int vocab) {
    ObjectNode prefill() {
      return request(PREFILL);
    }

    ObjectNode decode() {
      return request(DECODE_PROMPT).put("tokens", DECODE);
    }

    private ObjectNode request(int count) {
      ObjectNode request = Worker.JSON.createObjectNode();
      for (int id : RandomPromptIds.ids(count, Math.min(vocab, RandomPromptIds.VOCAB))) {
        request.withArray("ids").add(id);
      }
      return request;
    }
  }
}
