package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.kernels.DType;

/** Worker processes of Rankine on a tiny model, and rivals that are not installed. */
class WorkerProcessTest {
  @TempDir Path folder;

  private Contenders contenders() {
    return new Contenders(
        1, "vector", 0, "cpu", List.of("-XX:+UseSerialGC", "-Xmx128m"), "/no/such/python", folder);
  }

  @Tag("thorough")
  @Test
  void engineAnswers() throws IOException {
    new RandomCheckpoint(1, 32, 2, 16, 50, 16, DType.F16, 1).write(folder);
    try (WorkerProcess worker = WorkerProcess.start(contenders().engine(folder)).orElseThrow()) {
      assertEquals("Rankine", worker.name());
      var request = Worker.JSON.createObjectNode().put("tokens", 3);
      request.putArray("ids").add(1).add(49);
      JsonNode decoded = worker.ask("decode", request);
      assertEquals(3, decoded.get("ids").size());
      assertTrue(decoded.get("seconds").doubleValue() > 0);
      JsonNode prefilled = worker.ask("prefill", request.put("want_logits", true));
      assertEquals(50, prefilled.get("logits").size());
      var e = assertThrows(IllegalStateException.class, () -> worker.ask("nonsense", request));
      assertEquals("Rankine: nonsense: unknown op nonsense", e.getMessage());
    }
  }

  @Test
  void skipsMissingRivals() {
    assertTrue(WorkerProcess.start(contenders().torch(folder)).isEmpty());
    var skips =
        new Contender(
            "rival", List.of("sh", "-c", "read line; echo '{\"skip\": \"no reason\"}'"), Map.of());
    assertTrue(WorkerProcess.start(skips).isEmpty());
  }

  @Test
  void skipsFailingRivals() {
    var ends = new Contender("rival", List.of("sh", "-c", "exit 1"), Map.of());
    assertTrue(WorkerProcess.start(ends).isEmpty());
  }

  @Test
  void blasVariablesDoNotReachRivals() {
    Map<String, String> environment =
        new HashMap<>(Map.of("OPENBLAS_CORETYPE", "Haswell", "PATH", "/bin"));
    WorkerProcess.prepare(
        environment, new Contender("rival", List.of("x"), Map.of("OMP_NUM_THREADS", "2")));
    assertEquals(Map.of("OMP_NUM_THREADS", "2", "PATH", "/bin"), environment);
  }
}
