package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.checkpoint.Checkpoint;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Golden logits of a trained model at every position of its prompts. */
class EveryPositionTest {
  private record ScoredPrompt(int[] ids, double[][] logits, double[] nll) {}

  private static List<ScoredPrompt> prompts() throws IOException {
    JsonNode all =
        new ObjectMapper()
            .readTree(TestData.model("stories260K").resolve("golden_logits.json").toFile())
            .get("prompts");
    return StreamSupport.stream(all.spliterator(), false)
        .map(
            p ->
                new ScoredPrompt(
                    p.get("input_ids").valueStream().mapToInt(JsonNode::intValue).toArray(),
                    p.get("logits")
                        .valueStream()
                        .map(EveryPositionTest::doubles)
                        .toArray(double[][]::new),
                    doubles(p.get("token_nll_float64"))))
        .toList();
  }

  private static double[] doubles(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
  }

  @Test
  void logitsTokenByToken() throws IOException {
    for (ScoredPrompt prompt : prompts()) {
      float[][] found = Run.logits(TestData.model("stories260K"), prompt.ids);
      assertEquals(prompt.logits.length, found.length);
      for (int t = 0; t < found.length; t++) {
        Run.assertClose(prompt.logits[t], found[t], 1e-4);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void logProbabilityOfEveryNextTokenInOneBatch(String name) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("stories260K"));
        Backend backend = name.equals("scalar") ? CpuBackend.scalar(2) : CpuBackend.vector(2)) {
      Model model = Architectures.load(checkpoint, backend);
      for (ScoredPrompt prompt : prompts()) {
        int n = prompt.ids.length;
        try (Session session = new Session(model, backend);
            KvCache cache = session.sequence()) {
          int[] rows = IntStream.range(0, n - 1).toArray();
          int[][] targets =
              IntStream.range(1, n).mapToObj(t -> new int[] {prompt.ids[t]}).toArray(int[][]::new);
          Batch batch = new Batch(List.of(new Batch.Sequence(cache, prompt.ids)), rows);
          double[][] found = session.logProbabilities(batch, targets);
          assertEquals(n - 1, prompt.nll.length);
          for (int t = 0; t < n - 1; t++) {
            double difference = Math.abs(prompt.nll[t] + found[t][0]);
            assertTrue(difference <= 2e-5, "token " + (t + 1) + ": " + difference);
          }
        }
      }
    }
  }
}
