package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.model.Architectures;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.Backends;
import rankine.kernels.KvCache;

/**
 * The worker that runs a whole model in Rankine: {@code EngineWorker THREADS BACKEND DEVICE
 * CHECKPOINT}.
 */
final class EngineWorker {
  private final Backend backend;
  private final Session session;

  private EngineWorker(Backend backend, Session session) {
    this.backend = backend;
    this.session = session;
  }

  /** Serves requests until stdin ends. */
  public static void main(String[] args) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[3]));
        Backend backend =
            Backends.open(args[1], Integer.parseInt(args[0]), Integer.parseInt(args[2])).backend();
        Session session =
            new Session(
                Architectures.load(checkpoint, backend), backend, Session.DEFAULT_CHUNK, 1)) {
      EngineWorker worker = new EngineWorker(backend, session);
      Worker.serve(
          Map.of(
              "hello",
              worker::hello,
              "prefill",
              worker::prefill,
              "decode",
              worker::decode,
              "search",
              new SearchWorkload(worker.session.model(), worker.backend)::answer));
    }
  }

  private ObjectNode hello(JsonNode request) {
    return Worker.hello("Rankine", Machine.jvm(), backend.description() + ", weights as stored");
  }

  /** Prefills a new sequence with {@code ids}; returns the logits of the last. */
  private ObjectNode prefill(JsonNode request) {
    int[] ids = Worker.ints(request.get("ids"));
    try (KvCache cache = session.sequence()) {
      long start = System.nanoTime();
      float[] logits = session.logits(cache, ids);
      ObjectNode answer = answer(start);
      if (request.path("want_logits").asBoolean()) {
        for (float logit : logits) {
          answer.withArray("logits").add(logit);
        }
      }
      return answer;
    }
  }

  /** Decodes greedily after {@code ids}; the time excludes the prefill. */
  private ObjectNode decode(JsonNode request) {
    int[] produced = new int[request.get("tokens").intValue()];
    try (KvCache cache = session.sequence()) {
      int last = session.greedy(cache, Worker.ints(request.get("ids")));
      long start = System.nanoTime();
      for (int i = 0; i < produced.length; i++) {
        last = session.greedy(cache, new int[] {last});
        produced[i] = last;
      }
      ObjectNode answer = answer(start);
      for (int id : produced) {
        answer.withArray("ids").add(id);
      }
      return answer;
    }
  }

  private static ObjectNode answer(long start) {
    return Worker.JSON.createObjectNode().put("seconds", (System.nanoTime() - start) / 1e9);
  }
}
