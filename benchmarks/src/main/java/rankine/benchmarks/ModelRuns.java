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

  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;

  ModelRuns(Contenders contenders, Interleaved interleaved, Results results) {
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /**
   * Measures prefill and decode on one checkpoint, with all rivals at once. A rival with other
   * logits gets no ratio.
   *
   * @param label name of the architecture in the report
   * @param model the checkpoint that {@code random} wrote
   */
  void run(String label, RandomModel random, Path model, List<Rival> rivals) {
    runInTurn(label, random, model, List.of(rivals));
  }

  /**
   * Measures Rankine beside each of {@code rounds}, whose rivals end before the next ones start: a
   * device's memory may not suffice for all of them.
   *
   * @return Rankine's figures of the last round, prefill and decode
   */
  List<Results.Figure> runInTurn(
      String label, RandomModel random, Path model, List<List<Rival>> rounds) {
    BenchmarkPrompt prompt = new BenchmarkPrompt(random.vocab());
    List<Results.Figure> figures = List.of();
    try (WorkerProcess ours = WorkerProcess.start(contenders.engine(model)).orElseThrow()) {
      results.contender(ours);
      for (List<Rival> round : rounds) {
        figures = round(label, prompt, ours, round, figures);
        results.groupEnds();
      }
    }
    return figures;
  }

  /** Measures one round; if none of its rivals starts, only what was never measured. */
  private List<Results.Figure> round(
      String label,
      BenchmarkPrompt prompt,
      WorkerProcess ours,
      List<Rival> rivals,
      List<Results.Figure> known) {
    Map<WorkerProcess, Rival> running = new LinkedHashMap<>();
    try {
      for (Rival rival : rivals) {
        WorkerProcess.start(rival.contender()).ifPresent(worker -> running.put(worker, rival));
      }
      if (running.isEmpty() && !known.isEmpty()) {
        return known;
      }
      List<WorkerProcess> all = new ArrayList<>(List.of(ours));
      all.addAll(running.keySet());
      running.keySet().forEach(results::contender);
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
            String name = worker.name();
            if (prefill.containsKey(name)
                && decode.containsKey(name)
                && agree(label, ours, worker, rival, prompt)) {
              results.ratio(prefill.get(ours.name()), prefill.get(name), rival.prefillGoal());
              results.ratio(decode.get(ours.name()), decode.get(name), rival.decodeGoal());
            }
          });
      return List.of(prefill.get(ours.name()), decode.get(ours.name()));
    } finally {
      running.keySet().forEach(WorkerProcess::close);
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
        .measure(turns, (name, failure) -> leaveOut(name, failure, workers.getFirst()))
        .forEach((name, measured) -> figures.put(name, figure(what, name, tokens, measured)));
    return figures;
  }

  /** A rival that fails, such as for want of memory, ends no run. */
  private void leaveOut(String name, IllegalStateException failure, WorkerProcess ours) {
    if (name.equals(ours.name())) {
      throw failure;
    }
    results.remark(failure.getMessage() + ".");
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
      String label,
      WorkerProcess ours,
      WorkerProcess rival,
      Rival accepted,
      BenchmarkPrompt prompt) {
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
    boolean near = difference <= accepted.maxDifference() * largest;
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
