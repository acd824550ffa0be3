package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.benchmarks.gguf.GgufConversion;
import rankine.testdata.TestData;

/**
 * llama.cpp on GGUF files converted from the golden checkpoints computes PyTorch's logits. {@code
 * benchmarks/rivals/fetch} installs it; {@code mvn -Privals -Dgroups=rivals verify} runs this test.
 */
@Tag("rivals")
class LlamaCppTest {
  @TempDir Path folder;

  /**
   * llama.cpp rounds activations, keys and values to 16 bits; a misplaced row changes logits by 1
   * or more.
   */
  @ParameterizedTest
  @CsvSource({
    "stories260K, golden_logits.json, prompts, input_ids, 0.02",
    "gpt2-f32, golden.json, cases, ids, 0.02",
    "llama-bf16, golden.json, cases, ids, 0.06"
  })
  void goldenLogits(String name, String file, String cases, String ids, double tolerance)
      throws IOException {
    Path model = TestData.model(name);
    Path gguf = folder.resolve("model.gguf");
    Contender contender = contenders().llamaCpp(gguf);
    assertEquals(Optional.empty(), contender.missing(), "run benchmarks/rivals/fetch");
    GgufConversion.convert(model, gguf);
    try (WorkerProcess llama = WorkerProcess.start(contender).orElseThrow()) {
      for (JsonNode golden : Worker.JSON.readTree(model.resolve(file).toFile()).get(cases)) {
        JsonNode expected = golden.get("last_logits");
        if (expected == null) {
          JsonNode rows = golden.get("logits");
          expected = rows.get(rows.size() - 1);
        }
        ObjectNode request = Worker.JSON.createObjectNode().put("want_logits", true);
        request.set("ids", golden.get(ids));
        JsonNode logits = llama.ask("prefill", request).get("logits");
        assertEquals(expected.size(), logits.size());
        for (int i = 0; i < expected.size(); i++) {
          assertEquals(
              expected.get(i).floatValue(), logits.get(i).floatValue(), tolerance, "logit " + i);
        }
      }
    }
  }

  private static Contenders contenders() {
    Path rivals = TestData.root().resolve("benchmarks/rivals");
    return new Contenders(1, "vector", 0, "cpu", List.of(), "/no/such/python", rivals);
  }
}
