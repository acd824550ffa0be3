package rankine.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;

/**
 * One run in a fresh process: load, prefill, decode, exit. Prints its times and its memory as one
 * JSON line. {@code Footprint THREADS CHECKPOINT PREFILL DECODE}.
 */
final class Footprint {
  private Footprint() {}

  /** Runs the model once. */
  public static void main(String[] args) {
    int threads = Integer.parseInt(args[0]);
    int[] prompt = RandomPromptIds.ids(Integer.parseInt(args[2]));
    int tokens = Integer.parseInt(args[3]);
    long start = System.nanoTime();
    try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[1]));
        Backend backend = CpuBackend.vector(threads);
        Session session =
            new Session(
                Architectures.load(checkpoint, backend), backend, Session.DEFAULT_CHUNK, 1);
        KvCache cache = session.sequence()) {
      long loaded = System.nanoTime();
      int last = session.greedy(cache, prompt);
      long prefilled = System.nanoTime();
      for (int i = 0; i < tokens; i++) {
        last = session.greedy(cache, new int[] {last});
      }
      long decoded = System.nanoTime();
      Model model = session.model();
      ObjectNode answer =
          Worker.JSON
              .createObjectNode()
              .put("checkpoint_bytes", checkpoint.bytes())
              .put("cache_bytes", model.config().kvShape().bytesPerPosition() * cache.length())
              .put("activation_bytes", model.activationBytes(Session.DEFAULT_CHUNK, 1))
              .put("peak_bytes", Machine.statusBytes("VmHWM"))
              .put("file_bytes", Machine.statusBytes("RssFile"))
              .put("other_bytes", Machine.statusBytes("RssAnon"))
              .put("heap_bytes", Runtime.getRuntime().totalMemory())
              .put("load_seconds", (loaded - start) / 1e9)
              .put("prefill_seconds", (prefilled - loaded) / 1e9)
              .put("decode_seconds", (decoded - prefilled) / 1e9)
              .put("last", last);
      System.out.println(answer);
    }
  }
}
