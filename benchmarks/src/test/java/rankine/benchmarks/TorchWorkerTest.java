package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.kernels.DType;
import rankine.testdata.TestData;

/**
 * The worker of PyTorch on the CPU, in each precision. {@code mvn -Privals -Dgroups=rivals verify}
 * runs this test where a {@code python3} has PyTorch.
 */
@Tag("rivals")
class TorchWorkerTest {
  @TempDir Path folder;

  private static Contenders contenders() throws IOException {
    Path rivals = TestData.root().resolve("benchmarks/rivals");
    return new Contenders(
        1, "scalar", 0, "cpu", List.of(), TorchPython.find(TorchPython.CANDIDATES), rivals);
  }

  private static WorkerProcess kernels() throws IOException {
    return WorkerProcess.start(contenders().torchLinear()).orElseThrow();
  }

  /** Sixteen bits stay near the golden logits, of up to 2; another computation does not. */
  @ParameterizedTest
  @CsvSource({"F32, 1e-4", "F16, 0.01", "BF16, 0.08"})
  void goldenLogitsInEachPrecision(TorchPrecision precision, double tolerance) throws IOException {
    Path model = TestData.model("gptj-f16");
    JsonNode cases = Worker.JSON.readTree(model.resolve("golden.json").toFile()).get("cases");
    try (WorkerProcess torch =
        WorkerProcess.start(contenders().torch(model, precision)).orElseThrow()) {
      assertEquals("PyTorch " + precision, torch.name());
      for (JsonNode golden : cases) {
        ObjectNode request = Worker.JSON.createObjectNode().put("want_logits", true);
        request.set("ids", golden.get("ids"));
        JsonNode logits = torch.ask("prefill", request).get("logits");
        JsonNode expected = golden.get("last_logits");
        assertEquals(expected.size(), logits.size());
        for (int i = 0; i < expected.size(); i++) {
          assertEquals(expected.get(i).doubleValue(), logits.get(i).doubleValue(), tolerance);
        }
      }
    }
  }

  @Test
  void tf32NeedsCuda() throws IOException {
    assertTrue(
        WorkerProcess.start(contenders().torch(TestData.model("gptj-f16"), TorchPrecision.TF32))
            .isEmpty());
  }

  @Test
  void anErrorEndsNoWorker() throws IOException {
    try (WorkerProcess torch = kernels()) {
      ObjectNode request = Worker.JSON.createObjectNode().put("size", 64);
      var e =
          assertThrows(
              IllegalStateException.class,
              () -> torch.ask("fma", request.deepCopy().put("compute_dtype", "TF32")));
      assertEquals("PyTorch: fma: TF32: expected a CUDA device, found the CPU", e.getMessage());
      for (TorchPrecision precision : TorchPrecision.on("cpu")) {
        JsonNode answer =
            torch.ask("fma", request.deepCopy().put("compute_dtype", precision.name()));
        assertTrue(answer.get("flops").doubleValue() > 0);
      }
      ObjectNode copy = Worker.JSON.createObjectNode().put("bytes", 1 << 16);
      assertTrue(torch.ask("read", copy).get("bytes").doubleValue() > 0);
    }
  }

  @Test
  void manyLayersInACall() throws IOException {
    try (WorkerProcess torch = kernels()) {
      for (TorchPrecision precision : TorchPrecision.on("cpu")) {
        for (int rows : new int[] {1, 5}) {
          ObjectNode request =
              new LinearRequest(rows, 64, 128, 0, DType.F16, 16, rows == 1 ? 1 << 20 : 0, 8)
                  .json()
                  .put("compute_dtype", precision.name())
                  .put("min_seconds", 1e-3);
          JsonNode answer = torch.ask("linear", request);
          assertTrue(answer.get("calls").intValue() >= 1);
        }
      }
    }
  }

  /** Of a matrix with a single large row, the error over every second row misses that row. */
  @Test
  void errorsOverSomeRows() throws IOException {
    ByteBuffer values = ByteBuffer.allocate(4 * 8 * 32).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(1);
    for (int i = 0; i < 8 * 32; i++) {
      values.putFloat((float) random.nextGaussian() * (i / 32 == 1 ? 1000 : 1));
    }
    Path file = folder.resolve("w.f32");
    Files.write(file, values.array());
    ObjectNode request =
        Worker.JSON
            .createObjectNode()
            .put("file", file.toString())
            .put("rows", 8)
            .put("cols", 32)
            .put("rank", 1)
            .put("power_iterations", 2)
            .put("want_error", true);
    try (WorkerProcess torch = kernels();
        WorkerProcess ours = WorkerProcess.start(contenders().kernels()).orElseThrow()) {
      for (WorkerProcess worker : List.of(torch, ours)) {
        double all = worker.ask("svd", request.deepCopy()).get("relative_error").doubleValue();
        assertTrue(all < 0.01, worker.name() + " " + all);
        double some =
            worker
                .ask("svd", request.deepCopy().put("error_rows", 4))
                .get("relative_error")
                .doubleValue();
        assertTrue(some > 0.8, worker.name() + " " + some);
      }
    }
  }
}
