package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@code search} and {@code --edit} on the built-in checkpoint. */
class SearchTest {
  private static final Path DEMO = Path.of(System.getProperty("rankine.root"), "demo");

  private static Cli.Outcome search(String... more) {
    Object[] command = {
      "search",
      "--model",
      DEMO.resolve("checkpoint"),
      "--task",
      "demo-topic",
      "--data",
      DEMO.resolve("data/topic"),
      "--limit",
      "60",
      "--format",
      "json",
      "--quiet"
    };
    Object[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return Cli.run(all);
  }

  @Test
  void choosesOnValidationAndReportsOnTest() {
    JsonNode json =
        search("--layer", "0", "--module", "mlp", "--method", "magnitude", "--rates", "0.9,0.5")
            .json();
    assertEquals(3, json.get("rates").size(), "0 is always a candidate");
    double top = 0;
    BigDecimal best = null;
    for (JsonNode rate : json.get("rates")) {
      assertEquals(60, rate.get("n").intValue());
      assertEquals(
          rate.get("correct").intValue() / 60.0, rate.get("accuracy").doubleValue(), 1e-12);
      if (rate.get("accuracy").doubleValue() > top) { // ascending: of equals the smallest stays
        top = rate.get("accuracy").doubleValue();
        best = rate.get("rate").decimalValue();
      }
    }
    assertEquals(0, best.compareTo(json.get("chosen_rate").decimalValue()));
    assertEquals("test", json.get("test").get("plain").get("split").textValue());
    JsonNode comparison = json.get("test").get("comparison");
    assertEquals(json.get("test").get("plain").get("accuracy"), comparison.get("first_accuracy"));
    assertEquals(json.get("test").get("pruned").get("accuracy"), comparison.get("second_accuracy"));
    assertEquals(3, json.get("tried").get("rates").intValue());
  }

  @Test
  void theFirstLayersMlpIsNeeded() {
    JsonNode json =
        search("--layer", "0", "--module", "mlp", "--method", "zero", "--rates", "0.5").json();
    JsonNode zeroed = json.get("rates").get(1);
    assertTrue(zeroed.get("accuracy").doubleValue() < 0.5, zeroed.toString());
    assertTrue(zeroed.get("p_value_holm").doubleValue() < 1e-3, zeroed.toString());
    assertEquals(0, json.get("chosen_rate").decimalValue().signum());
  }

  @Test
  void theManifestSaysWhatWasEdited() {
    JsonNode json =
        Cli.run(
                "eval",
                "--model",
                DEMO.resolve("checkpoint"),
                "--task",
                "demo-topic",
                "--data",
                DEMO.resolve("data/topic"),
                "--limit",
                "20",
                "--edit",
                "5:mlp:0.5",
                "--edit",
                "4:q_proj:0.25",
                "--method",
                "magnitude",
                "--format",
                "json",
                "--quiet")
            .json();
    JsonNode edits = json.get("manifest").get("edits");
    assertEquals(2, edits.size());
    assertEquals("5:mlp:0.5", edits.get(0).get("edit").textValue());
    assertEquals("magnitude", edits.get(1).get("method").textValue());
  }

  @Test
  void badEdits() {
    search("--layer", "6", "--module", "mlp", "--method", "zero").failed("layer", "-1 to 5", "6");
    search("--layer", "0", "--module", "mpl").failed("module", "'mpl'");
    search("--layer", "0", "--module", "mlp", "--rates", "0.5,1")
        .failed("rate", "not including, 1");
    search("--layer", "0", "--module", "mlp", "--rates", "0.5,0.50").failed("rates", "twice");
    search("--layer", "0", "--module", "mlp", "--method", "svd").failed("method", "'svd'");
    search("--layer", "0", "--module", "fc_up", "--method", "zero").failed("fc_up", "fc_in");
  }
}
