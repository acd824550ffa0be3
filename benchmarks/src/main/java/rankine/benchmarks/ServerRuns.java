package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Benchmarks servers: new tokens per second of several clients that ask at once. */
final class ServerRuns {
  /** The most clients; both servers have a place for each. */
  static final int MOST_CLIENTS = 16;

  /** Tokens of a place. */
  static final int CONTEXT = 512;

  private static final String COMPLETIONS = "/v1/completions";
  private static final int[] CLIENTS = {1, 4, MOST_CLIENTS};
  private static final int PROMPT = 128;
  private static final int TOKENS = 64;

  private final Interleaved interleaved;
  private final Results results;
  private final Map<String, Random> prompts = new LinkedHashMap<>();

  ServerRuns(Interleaved interleaved, Results results) {
    this.interleaved = interleaved;
    this.results = results;
  }

  /**
   * Measures both servers on one checkpoint.
   *
   * @param vocab size of its vocabulary
   */
  void run(int vocab, Contender rankine, Contender rival) {
    try (WorkerProcess ours = WorkerProcess.start(rankine).orElseThrow()) {
      Optional<WorkerProcess> other = WorkerProcess.start(rival);
      try {
        List<WorkerProcess> all = new ArrayList<>(List.of(ours));
        other.ifPresent(all::add);
        all.forEach(results::contender);
        other.ifPresent(theirs -> compare(ours, theirs, vocab));
        for (int clients : CLIENTS) {
          Map<String, Results.Figure> figures = measure(clients, vocab, all);
          other.ifPresent(
              theirs -> results.ratio(figures.get(ours.name()), figures.get(theirs.name()), "≥ 1"));
          results.groupEnds();
        }
      } finally {
        other.ifPresent(WorkerProcess::close);
      }
    }
  }

  /** Reports how many greedy tokens are the same. */
  private void compare(WorkerProcess ours, WorkerProcess theirs, int vocab) {
    int[] prompt = new Random(0).ints(PROMPT, 0, vocab).toArray();
    ObjectNode one = request(COMPLETIONS);
    put(one.withArray("bodies").addObject().put("return_token_ids", true), prompt)
        .put("max_tokens", TOKENS);
    JsonNode x = ours.ask("complete", one).at("/answer/choices/0/token_ids");
    ObjectNode two = request("/completion"); // llama.cpp's own protocol returns ids
    put(two.withArray("bodies").addObject().put("return_tokens", true), prompt)
        .put("n_predict", TOKENS);
    JsonNode y = theirs.ask("complete", two).at("/answer/tokens");
    int same = 0;
    while (same < x.size() && x.get(same).equals(y.get(same))) {
      same++;
    }
    results.remark(
        "The first %d of %d tokens of %s are those of %s."
            .formatted(same, x.size(), ours.name(), theirs.name()));
  }

  private static ObjectNode request(String path) {
    return Worker.JSON.createObjectNode().put("path", path);
  }

  private static ObjectNode put(ObjectNode body, int[] prompt) {
    for (int id : prompt) {
      body.withArray("prompt").add(id);
    }
    return body.put("temperature", 0);
  }

  private Map<String, Results.Figure> measure(int clients, int vocab, List<WorkerProcess> workers) {
    prompts.clear();
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    workers.forEach(worker -> turns.put(worker.name(), () -> seconds(worker, clients, vocab)));
    String what =
        "serve, clients: %d, each %d new tokens after %d".formatted(clients, TOKENS, PROMPT);
    Map<String, Results.Figure> figures = new LinkedHashMap<>();
    interleaved
        .measure(turns)
        .forEach(
            (name, measured) ->
                figures.put(
                    name,
                    results.figure(
                        new Results.Figure(
                            what,
                            name,
                            "tokens/s",
                            measured.samples().rates(clients * TOKENS),
                            OptionalDouble.of(clients * TOKENS / measured.first()),
                            OptionalDouble.of(measured.otherLoad())))));
    return figures;
  }

  /** Returns the seconds for all tokens; an answer that ends early counts by its own tokens. */
  private double seconds(WorkerProcess worker, int clients, int vocab) {
    Random random = prompts.computeIfAbsent(worker.name(), _ -> new Random(clients));
    JsonNode answer = ask(worker, clients, vocab, random);
    return answer.get("seconds").doubleValue() * clients * TOKENS / answer.get("tokens").intValue();
  }

  /** No two prompts are the same: what a server keeps of one shortens no other. */
  private static JsonNode ask(WorkerProcess worker, int clients, int vocab, Random random) {
    ObjectNode request = request(COMPLETIONS);
    for (int i = 0; i < clients; i++) {
      put(request.withArray("bodies").addObject(), random.ints(PROMPT, 0, vocab).toArray())
          .put("max_tokens", TOKENS);
    }
    return worker.ask("complete", request);
  }
}
