package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code --ratio} and the calibrated methods through the commands that take edits. */
class CompressionCommandTest {
  private static final Path MODEL = TestData.demo().resolve("checkpoint");

  @TempDir Path folder;
  private Path text;
  private List<Object> whitened;

  @BeforeEach
  void texts() throws IOException {
    text = folder.resolve("test.txt");
    Files.writeString(text, Files.readString(TestData.text("demo-test.txt")).substring(0, 800));
    whitened =
        List.of(
            "--method",
            "whitened",
            "--calibration",
            TestData.text("demo-calibration.txt"),
            "--calibration-context",
            64,
            "--calibration-windows",
            8);
  }

  private JsonNode perplexity(Path model, Object... more) {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("perplexity", "--model", model, "--text", text, "--context", 64));
    args.addAll(List.of("--no-cache", "--format", "json"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray()).json();
  }

  @Test
  void aPrunedCheckpointHasThePerplexityOfItsPlan() {
    List<Object> options = new ArrayList<>(List.of("--edit", "5:mlp:ratio=0.9"));
    options.addAll(whitened);
    JsonNode overlay = perplexity(MODEL, options.toArray());
    JsonNode edit = overlay.at("/manifest/edits/0");
    assertEquals("5:mlp:ratio=0.9", edit.get("edit").textValue());
    assertEquals("none", edit.at("/calibration/sequential").textValue());
    assertEquals(64, edit.at("/calibration/sha256").textValue().length());

    Path out = folder.resolve("pruned");
    List<Object> prune = new ArrayList<>(List.of("prune", "--model", MODEL, "--out", out));
    prune.addAll(options);
    Cli.Outcome pruned = Cli.run(prune.toArray());
    assertEquals(0, pruned.code(), pruned.err());
    assertTrue(pruned.out().contains("would be removed as factors: "), pruned.out());
    assertEquals(
        overlay.get("perplexity").doubleValue(),
        perplexity(out).get("perplexity").doubleValue(),
        0.01 * overlay.get("perplexity").doubleValue()); // the stored type is F16

    // The plan in the folder makes the same model again; it is stored dense.
    Path plan = out.resolve("rankine_plan.json");
    JsonNode again = perplexity(MODEL, "--plan", plan);
    assertEquals(edit.get("calibration"), again.at("/manifest/edits/0/calibration"));
    assertEquals("never", again.at("/manifest/edits/0/factored").textValue());
    assertEquals(
        overlay.get("perplexity").doubleValue(), again.get("perplexity").doubleValue(), 1e-3);
  }

  private static JsonNode logits(Object... more) {
    List<Object> args = new ArrayList<>(List.of("logits", "--model", MODEL, "--ids", "5,6,7"));
    args.addAll(List.of("--no-cache", "--format", "json"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray()).json();
  }

  /** Of 6 layers, 5:fc_in [384, 96] keeps 19 or 76 of 96; a block has 12 96² parameters. */
  @Test
  void whatIsRemovedIsWhatIsNotStored() {
    double blocks = 6 * 12 * 96 * 96;
    double saved = (384 * 96 - 19 * (384 + 96)) / blocks;
    JsonNode factors = logits("--edit", "5:fc_in:0.8");
    assertEquals("[19]", factors.get("ranks").toString());
    assertEquals(saved, factors.get("removed").doubleValue(), 1e-12);
    assertFalse(factors.has("removed_as_factors"));
    JsonNode dense = logits("--edit", "5:fc_in:0.8", "--factored", "never");
    assertEquals(0, dense.get("removed").doubleValue());
    assertEquals(saved, dense.get("removed_as_factors").doubleValue(), 1e-12);
    // Factors of rank 86 are larger than the matrix, which stays.
    JsonNode larger = logits("--edit", "5:fc_in:0.1");
    assertEquals("[86]", larger.get("ranks").toString());
    assertEquals(0, larger.get("removed").doubleValue());
    JsonNode always = logits("--edit", "5:fc_in:0.1", "--factored", "always");
    assertEquals((384 * 96 - 86 * (384 + 96)) / blocks, always.get("removed").doubleValue(), 1e-12);
    // A zero matrix is stored as a pair of rank 1.
    JsonNode zero = logits("--edit", "5:fc_in:0.999");
    assertEquals("[0]", zero.get("ranks").toString());
    assertEquals((384 * 96 - (384 + 96)) / blocks, zero.get("removed").doubleValue(), 1e-12);
    assertFalse(logits().has("removed"));
    assertFalse(logits("--edit", "5:fc_in:0.8", "--method", "magnitude").has("ranks"));
  }

  @Test
  void everyResultOfAnEditedModelSaysWhatIsRemoved() {
    List<Object> edit = List.of("--model", MODEL, "--edit", "5:fc_in:0.8", "--no-cache");
    List<List<Object>> commands =
        List.of(
            List.of("logits", "--ids", "5,6,7"),
            List.of("generate", "--ids", "5,6,7", "--max-tokens", 2),
            List.of("perplexity", "--text", text, "--context", 64),
            List.of("eval", "--task", "demo-topic", "--limit", 4, "--data", data("topic")),
            List.of("prune", "--out", folder.resolve("pruned"), "--factored", "auto"));
    JsonNode expected = logits("--edit", "5:fc_in:0.8").get("removed");
    for (List<Object> command : commands) {
      List<Object> args = new ArrayList<>(command);
      args.addAll(edit);
      args.addAll(List.of("--format", "json"));
      JsonNode found = Cli.run(args.toArray()).json();
      assertEquals("[19]", found.get("ranks").toString(), command::toString);
      assertEquals(expected, found.get("removed"), command::toString);
    }
    List<Object> args = new ArrayList<>(commands.getFirst());
    args.addAll(edit);
    String shown = Cli.run(args.toArray()).out();
    assertTrue(shown.contains("  edit 5:fc_in:0.8 (rank 19), method exact\n"), shown);
    assertTrue(shown.contains("  removed as factors: "), shown);
  }

  private static Path data(String task) {
    return TestData.demo().resolve("data").resolve(task);
  }

  @Test
  void lossAllocationBecomesAPlanOfRanks() {
    List<Object> options = new ArrayList<>(List.of("--ratio", "0.8", "--allocation", "loss"));
    options.addAll(List.of("--skip-layers", "0-4"));
    options.addAll(whitened);
    JsonNode edits = perplexity(MODEL, options.toArray()).at("/manifest/edits");
    assertEquals(6, edits.size(), edits::toString); // the matrices of layer 5
    assertTrue(edits.get(0).get("edit").textValue().startsWith("5:q_proj:rank="));
  }

  /** The errors of a plan's matrices, and the model that it makes. */
  @Test
  void profileAndGenerateTakeWhatEditTakes() throws IOException {
    List<Object> ratio = new ArrayList<>(List.of("--ratio", "0.8", "--skip-layers", "0-4"));
    ratio.addAll(whitened);
    List<Object> common = List.of("--model", MODEL, "--no-cache", "--format", "json");
    List<Object> profile = new ArrayList<>(List.of("profile", "--no-time", "--ids", "5,6,7,8"));
    profile.addAll(common);
    List<Object> args = new ArrayList<>(profile);
    args.addAll(ratio);
    JsonNode found = Cli.run(args.toArray()).json();
    assertEquals("5:all:ratio=0.8", found.at("/plan/0/edit").textValue());
    assertEquals(6, found.get("matrices").size());
    JsonNode q = found.at("/matrices/0");
    assertEquals("5.q_proj", q.get("matrix").textValue());
    assertEquals(9, q.at("/rates/0/rank").intValue(), "96 * 96 * 0.2 / 192");
    assertEquals("ratio=0.8", q.at("/rates/0/removal").textValue());
    double error = q.at("/rates/0/output_error/dense").doubleValue();
    assertEquals(error, q.at("/rates/0/output_error/factored").doubleValue(), 1e-4);
    assertTrue(error > 0.01 && error < 1, q::toString);
    assertEquals(1, found.get("model").size());

    // The same at an edit and a rate: a plan of one edit.
    List<Object> layer = new ArrayList<>(profile);
    layer.addAll(List.of("--layer", 5, "--module", "fc_in", "--rates", "0.75"));
    List<Object> plan = new ArrayList<>(profile);
    plan.addAll(List.of("--edit", "5:fc_in:0.75"));
    JsonNode atRate = Cli.run(layer.toArray()).json();
    JsonNode ofPlan = Cli.run(plan.toArray()).json();
    assertEquals(atRate.get("matrices"), ofPlan.get("matrices"));
    assertEquals(atRate.at("/model/0/kl_mean"), ofPlan.at("/model/0/kl_mean"));

    // Greedy text is that of logits --greedy.
    List<Object> generate = new ArrayList<>(List.of("generate", "--ids", "5,6,7"));
    generate.addAll(common);
    generate.addAll(List.of("--max-tokens", 4));
    generate.addAll(ratio);
    List<Object> logits = new ArrayList<>(List.of("logits", "--ids", "5,6,7", "--greedy", 4));
    logits.addAll(common);
    logits.addAll(ratio);
    assertEquals(
        Cli.run(logits.toArray()).json().get("greedy"),
        Cli.run(generate.toArray()).json().get("ids"));

    misused(profile, List.of("--ratio", "0.2", "--layer", 1), "--layer: expected without --edit");
    misused(profile, List.of("--edit", "1:mlp:0.2", "--rates", "0"), "--rates: expected without");
    misused(profile, List.of("--layer", 1), "--module: expected, found none");
    misused(
        profile,
        List.of("--layer", 1, "--module", "mlp", "--skip-layers", "0"),
        "--skip-layers: expected with --ratio");
  }

  @Test
  void searchTakesCalibratedMethods() {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("search", "--model", MODEL, "--task", "demo-topic"));
    args.addAll(List.of("--data", TestData.demo().resolve("data/topic"), "--limit", 4));
    args.addAll(List.of("--layer", 5, "--module", "fc_out", "--rates", "0.5,0.9"));
    args.addAll(List.of("--no-cache", "--format", "json"));
    args.addAll(whitened);
    JsonNode found = Cli.run(args.toArray()).json();
    assertEquals(3, found.get("rates").size(), found::toString);
  }

  /** Every candidate is what {@code perplexity --ratio} measures; one choice among all of them. */
  @Tag("thorough")
  @Test
  void searchChoosesARatioAndAMethod() throws IOException {
    Path test = folder.resolve("other.txt");
    Files.writeString(test, Files.readString(TestData.text("demo-test.txt")).substring(800, 1600));
    List<Object> args = new ArrayList<>(List.of("search", "--model", MODEL, "--no-cache"));
    args.addAll(List.of("--text", text, "--test-text", test, "--context", 64, "--quiet"));
    args.addAll(List.of("--ratios", "0.9,0.4", "--methods", "exact,whitened:block"));
    args.addAll(whitened.subList(2, whitened.size()));
    String shown = Cli.run(args.toArray()).out();
    args.addAll(List.of("--format", "json"));
    JsonNode found = Cli.run(args.toArray()).json();

    double best = Double.MAX_VALUE;
    JsonNode chosen = null;
    List<String> names = new ArrayList<>();
    for (JsonNode candidate : found.get("ratios")) {
      String method = candidate.get("method").isNull() ? "" : candidate.get("method").textValue();
      String ratio = candidate.get("ratio").asText();
      names.add((ratio + " " + method).strip());
      List<Object> options = new ArrayList<>();
      if (method.equals("exact")) {
        options.addAll(List.of("--ratio", ratio));
      } else if (!method.isEmpty()) {
        options.addAll(List.of("--ratio", ratio, "--sequential", "block"));
        options.addAll(whitened);
      }
      double expected = perplexity(MODEL, options.toArray()).get("perplexity").doubleValue();
      assertEquals(expected, candidate.get("perplexity").doubleValue(), method + " at " + ratio);
      if (expected < best) {
        best = expected;
        chosen = candidate;
      }
    }
    assertEquals(
        List.of("0", "0.4 exact", "0.4 whitened:block", "0.9 exact", "0.9 whitened:block"), names);
    assertEquals(chosen.get("ratio"), found.get("chosen_ratio"));
    assertEquals(chosen.get("method"), found.get("chosen_method"));
    assertEquals(2, found.at("/tried/methods").intValue());
    assertEquals("other.txt", found.get("test_text").textValue());
    assertTrue(found.at("/test/comparison/p_value").doubleValue() <= 1, found::toString);
    assertTrue(shown.contains("the whole model, method exact, whitened:block"), shown);
    assertTrue(shown.contains("\n  0.9      91.15 %  whitened:block "), shown);
  }

  @Test
  void searchTakesRatiosOnATask() {
    List<Object> task = new ArrayList<>(List.of("--model", MODEL, "--task", "demo-topic"));
    task.addAll(List.of("--data", TestData.demo().resolve("data/topic"), "--limit", 8));
    task.addAll(List.of("--no-cache", "--format", "json"));
    List<Object> args = new ArrayList<>(List.of("search"));
    args.addAll(task);
    args.addAll(List.of("--ratios", "0.8", "--skip-layers", "0", "--choose", "largest-not-worse"));
    JsonNode found = Cli.run(args.toArray()).json();
    assertEquals("0.8", found.get("chosen_ratio").asText(), "8 examples: nothing is worse");
    args = new ArrayList<>(List.of("eval", "--ratio", "0.8", "--skip-layers", "0"));
    args.addAll(task);
    JsonNode test = Cli.run(args.toArray()).json();
    assertEquals(test.get("accuracy"), found.at("/test/pruned/accuracy"));
    assertEquals(found.at("/ratios/1/removed").doubleValue(), 0.8 * 5 / 6, 0.01);

    List<Object> search = List.of("search", "--model", MODEL, "--text", text, "--test-text", text);
    misused(search, List.of("--layer", "1"), "--module: expected, or --ratios, found neither");
    misused(search, List.of(), "--layer: expected, or --ratios, found neither");
    misused(search, List.of("--ratios", "0.2", "--layer", "1"), "expected without --ratios");
    misused(search, List.of("--ratios", "0.2", "--rates", "0.2"), "expected without --ratios");
    misused(search, List.of("--ratios", "0.2", "--greedy"), "--greedy: expected without --ratios");
    List<Object> layer = List.of("--layer", "1", "--module", "mlp");
    List<Object> methods = new ArrayList<>(layer);
    methods.addAll(List.of("--methods", "exact"));
    misused(search, methods, "--methods: expected with --ratios, found none");
    List<Object> skipped = new ArrayList<>(layer);
    skipped.addAll(List.of("--skip-layers", "2"));
    misused(search, skipped, "--skip-layers: expected with --ratios, found none");
    misused(
        search,
        List.of("--ratios", "0.2", "--methods", "exact", "--method", "exact"),
        "--method: expected without --methods, found both");
    misused(
        search,
        List.of("--ratios", "0.2", "--method", "whitened"),
        "--calibration: expected a text for --method whitened, found none");
  }

  @Test
  void badRequests() throws IOException {
    List<Object> model = List.of("logits", "--model", MODEL, "--ids", "1,2");
    misused(model, List.of("--ratio", "1"), "--ratio");
    misused(model, List.of("--ratio", "0.2", "--edit", "1:mlp:0.5"), "expected without --edit");
    Path plan = TestData.fuzz("plan").resolve("small");
    misused(model, List.of("--plan", plan, "--ratio", "0.2"), "--plan: expected without --ratio");
    misused(
        model, List.of("--plan", plan, "--method", "exact"), "--plan: expected without --method");
    misused(model, List.of("--rank-multiple", "8"), "--rank-multiple: expected with --ratio");
    misused(model, List.of("--skip-layers", "0"), "--skip-layers: expected with --ratio");
    misused(
        model,
        List.of("--ratio", "0.2", "--skip-layers", "2-1"),
        "--skip-layers: expected layers such as 0,20-27, found '2-1'");
    misused(
        model,
        List.of("--ratio", "0.2", "--allocation", "loss"),
        "--allocation loss: expected with --method asvd, whitened or anchored, found");
    misused(
        model,
        List.of("--ratio", "0.2", "--method", "whitened"),
        "--calibration: expected a text for --method whitened");
    misused(
        model,
        List.of("--ratio", "0.2", "--calibration", text),
        "expected with --method asvd, whitened or anchored only");
    misused(
        model,
        List.of("--ratio", "0.2", "--method", "anchored", "--calibration", text, "--anchor", "2"),
        "anchor: expected a number from 0 to 1");
    List<Object> args = new ArrayList<>(model);
    args.addAll(List.of("--ratio", "0.2", "--skip-layers"));
    args.add("4,6");
    Cli.run(args.toArray()).failed("--skip-layers: expected layers 0 to 5, found 6");
    args.set(args.size() - 1, "0-5");
    Cli.run(args.toArray()).failed("skipped layers: expected fewer than the model's 6, found all");
    args = new ArrayList<>(model);
    args.addAll(List.of("--ratio", "0.2", "--method", "whitened", "--calibration", text));
    Cli.run(args.toArray())
        .failed(
            "test.txt",
            "expected 16384 tokens (64 windows of 256)",
            "take a smaller --calibration-context and fewer --calibration-windows");
    args.addAll(List.of("--calibration-context", 16));
    Cli.run(args.toArray()).failed("(64 windows of 16), found ", "take --calibration-windows ");
    List<Object> tiny = new ArrayList<>(model);
    tiny.addAll(List.of("--ratio", "0.2", "--method", "whitened", "--calibration"));
    tiny.add(Files.writeString(folder.resolve("tiny.txt"), ""));
    Cli.run(tiny.toArray()).failed("tiny.txt: expected a text of at least 2 tokens, found ");
    List<Object> missing = new ArrayList<>(model);
    missing.addAll(List.of("--ratio", "0.2", "--method", "whitened", "--calibration"));
    missing.add(folder.resolve("no.txt"));
    Cli.run(missing.toArray()).failed("no.txt: cannot be read");
  }

  private static void misused(List<Object> command, List<?> options, String message) {
    List<Object> args = new ArrayList<>(command);
    args.addAll(options);
    Cli.run(args.toArray()).misused(message);
  }
}
