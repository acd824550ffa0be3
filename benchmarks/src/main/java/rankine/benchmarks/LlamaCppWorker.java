package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;

/** The worker that runs a model in llama.cpp: {@code LlamaCppWorker THREADS LIBRARY GGUF}. */
final class LlamaCppWorker {
  /** Context length and batch size: enough for every prompt of the benchmarks. */
  private static final int POSITIONS = 512;

  private final LlamaCpp llama;
  private final String detail;

  private LlamaCppWorker(LlamaCpp llama, int threads) {
    this.llama = llama;
    this.detail =
        "%d threads, weights as stored, keys and values in F16; %s"
            .formatted(threads, llama.systemInfo());
  }

  /** Serves requests until stdin ends. */
  public static void main(String[] args) throws IOException {
    int threads = Integer.parseInt(args[0]);
    Path library = Path.of(args[1]);
    try (LlamaCpp llama = new LlamaCpp(library, Path.of(args[2]), POSITIONS, threads)) {
      LlamaCppWorker worker = new LlamaCppWorker(llama, threads);
      String version = library.getFileName().toString();
      Worker.serve(
          Map.of(
              "hello",
              _ -> Worker.hello("llama.cpp", version, worker.detail),
              "prefill",
              worker::prefill,
              "decode",
              worker::decode));
    }
  }

  private ObjectNode prefill(JsonNode request) {
    int[] ids = Worker.ints(request.get("ids"));
    llama.clear();
    long start = System.nanoTime();
    MemorySegment logits = llama.append(ids);
    ObjectNode answer = answer(start);
    if (request.path("want_logits").asBoolean()) {
      for (float logit : logits.toArray(ValueLayout.JAVA_FLOAT)) {
        answer.withArray("logits").add(logit);
      }
    }
    return answer;
  }

  private ObjectNode decode(JsonNode request) {
    int[] produced = new int[request.get("tokens").intValue()];
    llama.clear();
    int last = LlamaCpp.argmax(llama.append(Worker.ints(request.get("ids"))));
    long start = System.nanoTime();
    for (int i = 0; i < produced.length; i++) {
      last = LlamaCpp.argmax(llama.append(last));
      produced[i] = last;
    }
    ObjectNode answer = answer(start);
    for (int id : produced) {
      answer.withArray("ids").add(id);
    }
    return answer;
  }

  private static ObjectNode answer(long start) {
    return Worker.JSON.createObjectNode().put("seconds", (System.nanoTime() - start) / 1e9);
  }
}
