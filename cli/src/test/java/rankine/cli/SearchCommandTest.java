package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code search} and {@code --edit} on the built-in checkpoint. */
class SearchCommandTest {
  private static final Path DEMO = TestData.demo();

  private static Cli.Outcome search(String... more) {
    List<Object> command =
        new ArrayList<>(List.of("search", "--model", DEMO.resolve("checkpoint"), "--quiet"));
    command.addAll(List.of("--task", "demo-topic", "--data", DEMO.resolve("data/topic")));
    List<String> options = List.of(more);
    if (!options.contains("--limit")) {
      command.addAll(List.of("--limit", "30"));
    }
    if (!options.contains("--format")) {
      command.addAll(List.of("--format", "json"));
    }
    command.addAll(options);
    return Cli.run(command.toArray());
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
      assertEquals(30, rate.get("n").intValue());
      assertEquals(
          rate.get("correct").intValue() / 30.0, rate.get("accuracy").doubleValue(), 1e-12);
      if (rate.get("accuracy").doubleValue() > top) { // ascending: the smallest of tied rates stays
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

  /** Ranks of a search share a sketch, so that of the choice alone would give another model. */
  @Test
  void thePlanOfARandomizedChoiceGivesTheModelThatWasTested(@TempDir Path folder) {
    Path plan = folder.resolve("plan.json");
    JsonNode json =
        search(
                "--layer",
                "0",
                "--module",
                "mlp",
                "--method",
                "randomized",
                "--rates",
                "0.9,0.7",
                "--choose",
                "largest-not-worse",
                "--limit",
                "5",
                "--write-plan",
                plan.toString())
            .json();
    assertEquals(0.9, json.get("chosen_rate").doubleValue(), "five examples show no difference");
    JsonNode evaluated =
        Cli.run(
                "eval",
                "--model",
                DEMO.resolve("checkpoint"),
                "--quiet",
                "--task",
                "demo-topic",
                "--data",
                DEMO.resolve("data/topic"),
                "--limit",
                "5",
                "--plan",
                plan,
                "--format",
                "json")
            .json();
    JsonNode edits = evaluated.at("/manifest/edits");
    assertEquals(json.at("/manifest/edits"), edits, evaluated.toString());
    assertEquals(0.7, edits.at("/0/svd_smallest_rate").doubleValue(), edits.toString());
    assertEquals(json.at("/test/pruned/accuracy"), evaluated.get("accuracy"));
  }

  @Test
  void seedsWithTheSamePromptsHaveNoDeviation() {
    String[] layer = {"--layer", "0", "--module", "fc_in", "--method", "zero", "--rates", "0.5"};
    List<String> more = new ArrayList<>(Arrays.asList(layer));
    more.addAll(List.of("--limit", "5", "--seeds", "0,1"));
    JsonNode apart = search(more.toArray(String[]::new)).json().at("/spread/difference");
    assertTrue(apart.has("standard_deviation"), "other demonstrations: " + apart);
    more.addAll(List.of("--shots", "0"));
    JsonNode alike = search(more.toArray(String[]::new)).json().at("/spread/difference");
    assertEquals(2, alike.get("seeds").intValue());
    assertFalse(alike.has("standard_deviation"), alike.toString());
    assertFalse(alike.has("interval"), alike.toString());
  }

  @Test
  void anEstimateRunsNothing() {
    String[] layer = {"--layer", "auto", "--module", "mlp", "--seeds", "1,2", "--estimate"};
    JsonNode json = search(layer).json();
    assertEquals(2, json.get("searches").intValue());
    assertEquals(7, json.get("rates").intValue());
    assertFalse(json.has("test"));
    assertEquals(
        json.get("seconds").doubleValue(),
        json.get("compilation_seconds").doubleValue()
            + json.get("forward_seconds").doubleValue()
            + json.get("prefix_seconds").doubleValue()
            + json.get("decomposition_seconds").doubleValue(),
        1e-9);
  }

  @Tag("thorough") // an estimate measures for seconds
  @Test
  void anEstimateAsText() {
    Cli.Outcome text = search("--ratios", "0.5,0.8", "--estimate", "--format", "text");
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().startsWith("about "), text.out());
    assertTrue(text.out().contains("searches: 1, each of 2 rates above 0"), text.out());
    assertEquals(2, text.out().lines().count(), text.out());
  }

  @Test
  void zeroingTheFirstMlpDestroysAccuracy() {
    JsonNode json =
        search("--layer", "0", "--module", "mlp", "--method", "zero", "--rates", "0.5").json();
    JsonNode zeroed = json.get("rates").get(1);
    assertTrue(zeroed.get("accuracy").doubleValue() < 0.5, zeroed.toString());
    assertTrue(zeroed.get("p_value_holm").doubleValue() < 1e-3, zeroed.toString());
    assertEquals(0, json.get("chosen_rate").decimalValue().signum());
  }

  @Test
  void theManifestHasTheEdits() {
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

  /** With a rate of a large rank, every rate of a search comes from the exact decomposition. */
  @Test
  void randomizedSaysWhereItIsExact() {
    String[] first = {"--layer", "5", "--module", "fc_in", "--limit", "10", "--format", "json"};
    JsonNode exact = search(with(first, "--rates", "0.5,0.9")).json();
    List<Object> command =
        new ArrayList<>(List.of("search", "--model", DEMO.resolve("checkpoint")));
    command.addAll(List.of("--task", "demo-topic", "--data", DEMO.resolve("data/topic")));
    command.addAll(List.of(with(first, "--rates", "0.5,0.9", "--method", "randomized")));
    Cli.Outcome found = Cli.run(command.toArray());
    String note = "method randomized: decomposed exactly";
    assertTrue(found.err().startsWith("this takes about "), found.err());
    assertTrue(found.err().lines().anyMatch(line -> line.startsWith(note)), found.err());
    assertTrue(found.json().get("notes").get(0).textValue().contains("5.fc_in"));
    for (int i = 0; i < exact.get("rates").size(); i++) {
      assertEquals(
          exact.at("/rates/" + i + "/accuracy"), found.json().at("/rates/" + i + "/accuracy"));
    }
    JsonNode small = search(with(first, "--rates", "0.8,0.9", "--method", "randomized")).json();
    assertFalse(small.has("notes"));
  }

  @Test
  void theManifestHasTheSketchOptions() {
    JsonNode edits =
        Cli.run(
                "eval",
                "--model",
                DEMO.resolve("checkpoint"),
                "--task",
                "demo-topic",
                "--data",
                DEMO.resolve("data/topic"),
                "--limit",
                "10",
                "--edit",
                "5:fc_in:0.9",
                "--method",
                "randomized",
                "--svd-preset",
                "paper",
                "--svd-oversampling",
                "3",
                "--svd-seed",
                "8",
                "--format",
                "json",
                "--quiet")
            .json()
            .at("/manifest/edits");
    assertEquals(1, edits.size());
    assertEquals("paper", edits.get(0).get("svd_preset").textValue());
    assertEquals(3, edits.get(0).get("svd_oversampling").intValue());
    assertFalse(edits.get(0).has("svd_power_iterations"), "the preset's default");
    assertEquals(8, edits.get(0).get("seed").intValue());
  }

  @Test
  void badEdits() {
    search("--layer", "6", "--module", "mlp", "--method", "zero").failed("layer", "-1 to 5", "6");
    search("--layer", "0", "--module", "mpl").misused("module", "'mpl'");
    search("--layer", "0", "--module", "mlp", "--rates", "0.5,1")
        .misused("rate", "not including, 1");
    search("--layer", "0", "--module", "mlp", "--rates", "0.5,0.50").misused("rates", "twice");
    search("--layer", "0", "--module", "mlp", "--method", "svd").misused("method", "'svd'");
    search("--layer", "0", "--module", "fc_up", "--method", "zero").failed("fc_up", "fc_in");
  }

  /** Each seed's results equal those of a search with that seed; the mean selects the rate. */
  @Test
  void severalSeeds() {
    String[] where = {
      "--layer", "5", "--module", "mlp", "--method", "magnitude", "--rates", "0.9,0.999", "--limit"
    };
    String[] limited = with(where, "20");
    JsonNode both = search(with(limited, "--seeds", "3,0")).json();
    List<JsonNode> alone =
        List.of(
            search(with(limited, "--seed", "3")).json(),
            search(with(limited, "--seed", "0")).json());
    double top = -1;
    BigDecimal best = null;
    for (int r = 0; r < 3; r++) {
      JsonNode rate = both.get("rates").get(r);
      double mean = 0;
      for (int s = 0; s < 2; s++) {
        JsonNode single = alone.get(s).get("rates").get(r);
        JsonNode seed = rate.get("seeds").get(s);
        for (String key : List.of("n", "correct", "accuracy", "lower", "upper")) {
          assertEquals(single.get(key), seed.get(key), key);
        }
        assertEquals(single.get("p_value"), seed.get("p_value"));
        mean += single.get("accuracy").doubleValue() / 2;
      }
      assertEquals(mean, rate.get("accuracy").doubleValue(), 1e-12);
      if (mean > top + 1e-12) {
        top = mean;
        best = rate.get("rate").decimalValue();
      }
    }
    assertEquals(0, best.compareTo(both.get("chosen_rate").decimalValue()));
    assertEquals(2, both.get("seeds").size());
    assertFalse(both.has("test"), "no significance test pools examples of several seeds");
    double sum = 0;
    for (int s = 0; s < 2; s++) {
      JsonNode seed = both.get("seeds").get(s);
      assertEquals(s == 0 ? 3 : 0, seed.get("seed").intValue());
      assertEquals(alone.get(s).at("/test/plain"), seed.at("/test/plain"));
      assertEquals(20, seed.at("/test/comparison/n").intValue());
      assertEquals(seed.get("seed"), seed.at("/manifest/seed"));
      sum +=
          seed.at("/test/pruned/accuracy").doubleValue()
              - seed.at("/test/plain/accuracy").doubleValue();
    }
    assertEquals(sum / 2, both.at("/spread/difference/mean").doubleValue(), 1e-12);
    assertEquals(2, both.at("/tried/seeds").intValue());
  }

  /** min(384, 96) = 96: rate 0.95 keeps floor(0.05 · 96) = 4; a zeroed matrix has no such rank. */
  @Test
  void theRankIsBesideTheRate() {
    String[] where = {
      "--layer", "5", "--module", "mlp", "--rates", "0.95", "--limit", "4", "--format", "text"
    };
    String text = search(with(where, "--no-cache")).out();
    assertTrue(text.contains("\n  0             96  "), text);
    assertTrue(text.contains("\n  0.95           4  "), text);
    where[where.length - 1] = "json";
    JsonNode json = search(with(where, "--no-cache")).json();
    assertEquals("[4]", json.at("/rates/1/ranks").toString());
    boolean unedited = json.get("chosen_rate").decimalValue().signum() == 0;
    assertEquals(unedited ? "[]" : "[4]", json.get("chosen_ranks").toString());
    where[where.length - 1] = "text";
    text = search(with(where, "--method", "zero")).out();
    assertTrue(text.contains("\n  0.95           -  "), text);
  }

  /**
   * The last MLP of this checkpoint is over-fitted on wrong labels: without it the model is better,
   * so the largest rate is not worse. Rates 0 and 0.1 are significantly worse than the best.
   */
  @Test
  void eachRuleChoosesItsRate() {
    JsonNode best = overfitted("--format", "json").json();
    assertEquals("best", best.get("choose").textValue());
    assertEquals("0.9", best.get("chosen_rate").asText());
    assertEquals("[0.99]", best.get("tied_rates").toString());
    JsonNode largest = overfitted("--choose", "largest-not-worse", "--format", "json").json();
    assertEquals("largest-not-worse", largest.get("choose").textValue());
    assertEquals("0.99", largest.get("chosen_rate").asText());
    assertEquals(best.get("rates"), largest.get("rates"));
    assertEquals("5:mlp:0.99", largest.at("/manifest/edits/0/edit").textValue());
    String text = overfitted().out();
    assertTrue(text.contains("chosen: the best on validation; tied with it: 0.99 "), text);
    text = overfitted("--choose", "smallest").out();
    assertTrue(text.contains("Holm-corrected) than the best, 0.9 (rank 9)\n"), text);
    assertTrue(text.contains(", rate 0.9 (rank 9) "), text);
  }

  private static Cli.Outcome overfitted(String... more) {
    List<Object> command = new ArrayList<>(List.of("search", "--quiet"));
    command.addAll(List.of("--model", DEMO.resolve("overfitted"), "--task", "demo-topic"));
    command.addAll(List.of("--data", DEMO.resolve("data/topic"), "--limit", "60"));
    command.addAll(List.of("--layer", "5", "--module", "mlp", "--rates", "0.1,0.9,0.99"));
    command.addAll(List.of(more));
    return Cli.run(command.toArray());
  }

  @Test
  void oneSeedKeepsItsKeys() {
    JsonNode json =
        search("--layer", "5", "--module", "mlp", "--method", "zero", "--rates", "0.5").json();
    assertEquals(
        Set.of(
            "task",
            "version",
            "layer",
            "layer_chosen_by",
            "module",
            "method",
            "rates",
            "chosen_rate",
            "choose",
            "chosen_ranks",
            "tied_rates",
            "tried",
            "seeds",
            "spread",
            "test",
            "manifest"),
        Cli.keys(json));
    assertEquals(json.get("test"), json.at("/seeds/0/test"));
  }

  @Test
  void autoSelectsTheLayer() {
    JsonNode json =
        search(
                "--layer",
                "auto",
                "--module",
                "mlp",
                "--rates",
                "0.5",
                "--limit",
                "10",
                "--no-cache")
            .json();
    JsonNode guide = json.get("layer_guide");
    assertEquals(6, guide.size());
    int chosen = json.get("layer").intValue();
    for (JsonNode layer : guide) {
      assertEquals(layer.get("layer").intValue() >= 3, layer.get("candidate").booleanValue());
      double largest = 0;
      for (JsonNode matrix : layer.get("matrices")) {
        largest = Math.max(largest, matrix.get("condition_number").doubleValue());
      }
      assertEquals(largest, layer.get("condition_number").doubleValue());
      assertTrue(
          !layer.get("candidate").booleanValue()
              || largest <= guide.get(chosen).get("condition_number").doubleValue());
    }
    assertEquals("condition_number", json.get("layer_chosen_by").textValue());
    assertTrue(json.get("notes").get(0).textValue().contains("no data"));
    assertEquals(1, json.at("/tried/layers").intValue());
    JsonNode spectrum =
        Cli.run(
                "spectrum",
                "--model",
                DEMO.resolve("checkpoint"),
                "--layer",
                chosen,
                "--module",
                "mlp",
                "--no-cache",
                "--format",
                "json")
            .json();
    assertEquals(
        spectrum.at("/matrices/0/condition_number"),
        guide.at("/" + chosen + "/matrices/0/condition_number"));
  }

  @Test
  void greedyAsTextAndJson() {
    String[] greedy = {
      "--greedy",
      "--layers",
      "3-5",
      "--module",
      "mlp,fc_in",
      "--method",
      "zero",
      "--rates",
      "0.5",
      "--limit",
      "10",
      "--steps",
      "1"
    };
    JsonNode json = search(greedy).json();
    assertEquals(6, json.at("/tried/candidates").intValue());
    assertEquals(3, json.at("/tried/layers").intValue());
    assertEquals("5:mlp:0.5", json.at("/candidates/0/edit").textValue());
    assertEquals(json.get("edits").size() + 1, json.get("validation").size());
    String text = search(with(greedy, "--format", "text")).out();
    assertTrue(text.contains("6 candidates tried"), text);
    assertTrue(text.contains("test, n = 10"), text);
  }

  @Test
  void optionsThatDoNotGoTogether() {
    search("--layer", "5", "--module", "mlp", "--seed", "1", "--seeds", "2,3").misused("--seeds");
    search("--layer", "5", "--module", "mlp", "--steps", "2").misused("--steps", "--greedy");
    search("--layer", "5", "--module", "mlp", "--greedy", "--choose", "smallest")
        .misused("--choose", "--greedy", "smallest");
    search("--layers", "4,5", "--module", "mlp").misused("--layers", "--greedy");
    search("--layer", "deep", "--module", "mlp").misused("--layer", "auto", "'deep'");
    search("--layer", "5", "--module", "mlp", "--greedy", "--steps", "0").misused("--steps");
    search("--layer", "5", "--module", "mlp", "--seeds", "1,1").misused("seeds", "1 twice");
    search("--layer", "5-6", "--module", "mlp", "--greedy").failed("layer", "0 to 5", "6");
    search("--layer", "5", "--module", "mlp,", "--greedy").misused("module", "''");
    search("--layer", "5", "--module", "mlp,MLP", "--greedy").misused("module", "twice");
    search("--layer", "5", "--module", "mlp", "--greedy", "--rates", "0")
        .misused("rates", "above 0");
  }

  private static String[] with(String[] options, String... more) {
    String[] all = Arrays.copyOf(options, options.length + more.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return all;
  }
}
