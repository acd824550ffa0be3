package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code spectrum} on the built-in checkpoint. */
class SpectrumCommandTest {
  private static final Path CHECKPOINT = TestData.demo().resolve("checkpoint");

  @Test
  void everyMatrixOfTheModule() {
    JsonNode matrices =
        Cli.run(
                "spectrum",
                "--model",
                CHECKPOINT,
                "--layer",
                "5",
                "--module",
                "mlp",
                "--rates",
                "0,0.5,0.95",
                "--no-cache",
                "--format",
                "json")
            .json()
            .get("matrices");
    assertEquals(2, matrices.size());
    JsonNode in = matrices.get(0);
    assertEquals("5.fc_in", in.get("matrix").textValue());
    assertEquals("[384,96]", in.get("shape").toString());
    JsonNode s = in.get("singular_values");
    assertEquals(96, s.size());
    double total = 0;
    double kept = 0;
    for (int i = 0; i < 96; i++) {
      total += s.get(i).doubleValue() * s.get(i).doubleValue();
      if (i < 48) {
        kept = total;
      }
      assertTrue(i == 0 || s.get(i).doubleValue() <= s.get(i - 1).doubleValue(), "descending");
    }
    JsonNode rates = in.get("rates");
    assertEquals(96, rates.get(0).get("rank").intValue());
    assertEquals(48, rates.get(1).get("rank").intValue());
    assertEquals(4, rates.get(2).get("rank").intValue());
    assertEquals(1, rates.get(0).get("energy").doubleValue(), 1e-9);
    assertEquals(kept / total, rates.get(1).get("energy").doubleValue(), 1e-9);
    assertEquals(
        Math.sqrt(1 - kept / total), rates.get(1).get("relative_error").doubleValue(), 1e-6);
    assertTrue(in.get("condition_number").doubleValue() > 1);
  }

  @Test
  void aZeroMatrixHasNoConditionNumber(@TempDir Path temporary) {
    Path out = temporary.resolve("zero");
    String model = TestData.model("gptj-f16").toString();
    assertEquals(
        0,
        Cli.run(
                "prune",
                "--model",
                model,
                "--method",
                "zero",
                "--edit",
                "1:fc_in:0.5",
                "--out",
                out)
            .code());
    String found =
        Cli.run("spectrum", "--model", out, "--layer", "1", "--module", "fc_in", "--no-cache")
            .out();
    assertTrue(found.contains("numerical rank 0 of 64, condition number none"), found);
  }

  @Test
  void badRequests() {
    Cli.run("spectrum", "--model", CHECKPOINT, "--layer", "9", "--module", "mlp")
        .failed("layer", "-1 to 5", "9");
    Cli.run("spectrum", "--model", CHECKPOINT, "--layer", "0", "--module", "mlp", "--rates", "1")
        .misused("rate", "1");
  }
}
