package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.profile.Profile;
import rankine.engine.profile.ProfileRequest;
import rankine.engine.profile.ProfileResult;
import rankine.engine.profile.TextSource;
import rankine.engine.profile.TimingConfig;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** {@code profile} on the built-in checkpoint. */
class ProfileCommandTest {
  private static final Path DEMO = TestData.demo();
  private static final Path CHECKPOINT = DEMO.resolve("checkpoint");
  private static final Path TOPIC = DEMO.resolve("data/topic");
  private static final int COLUMNS = 100;

  @TempDir private Path folder;

  private static Cli.Outcome profile(Object... more) {
    Object[] command = {
      "profile", "--model", CHECKPOINT, "--module", "mlp", "--no-time", "--no-cache", "--quiet"
    };
    Object[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return Cli.run(all);
  }

  /** The rates share a decomposition: the exact one, where a rate wants most of the rank. */
  @Test
  void randomizedSaysWhereItIsExact() {
    Object[] half = {"--layer", 5, "--rates", "0.5,0.9", "--format", "json"};
    JsonNode exact = profile(half).json();
    Object[] randomized = Arrays.copyOf(half, half.length + 2);
    randomized[half.length] = "--method";
    randomized[half.length + 1] = "randomized";
    JsonNode found = profile(randomized).json();
    assertEquals(exact.at("/matrices/0/rates"), found.at("/matrices/0/rates"));
    assertTrue(found.at("/notes/0").textValue().contains("5.fc_in, 5.fc_out"), found.toString());
    randomized[3] = "0.8,0.9";
    assertFalse(profile(randomized).json().has("notes"));
  }

  @Test
  void resultHasItsKeys() {
    JsonNode json = profile("--layer", 5, "--rates", "0,0.5", "--format", "json").json();
    assertEquals(
        Set.of("layer", "module", "method", "text", "matrices", "model", "manifest"),
        Cli.keys(json));
    assertEquals("built-in text", json.get("text").get("source").textValue());
    assertEquals(256, json.get("text").get("positions").intValue());
    assertEquals(256, json.get("text").get("passages").get(0).get("ids").size());
    JsonNode in = json.get("matrices").get(0);
    assertEquals("5.fc_in", in.get("matrix").textValue());
    assertEquals("F16", in.get("dtype").textValue());
    JsonNode half = in.get("rates").get(1);
    assertEquals(
        Set.of("rate", "rank", "energy", "relative_error", "output_error", "dtype", "auto"),
        Cli.keys(half));
    assertEquals(
        Set.of("dense", "factored", "dense_against_factored"), Cli.keys(half.get("output_error")));
    assertEquals("{\"dense\":\"F32\",\"factored\":\"F32\"}", half.get("dtype").toString());
    JsonNode none = json.get("model").get(0);
    assertEquals(0, none.get("kl_mean").doubleValue());
    assertEquals(0, none.get("flipped").intValue());
    assertTrue(json.get("model").get(1).get("kl_mean").doubleValue() > 0);
    JsonNode manifest = json.get("manifest");
    assertEquals(
        Set.of("rankine", "java", "platform", "checkpoint", "tokenizer", "edits", "backend"),
        Cli.keys(manifest));
    assertEquals("5:mlp:0.5", manifest.get("edits").get(1).get("edit").textValue());
  }

  @Test
  void errorsEqualThoseOfSpectrum() {
    String[] where = {"--layer", "3", "--rates", "0.5,0.9", "--format", "json"};
    JsonNode found = profile((Object[]) where).json().get("matrices");
    List<Object> command = new ArrayList<>(List.of("spectrum", "--model", CHECKPOINT));
    command.addAll(List.of("--module", "mlp", "--no-cache"));
    command.addAll(List.of(where));
    JsonNode spectrum = Cli.run(command.toArray()).json().get("matrices");
    for (int i = 0; i < 2; i++) {
      for (int r = 0; r < 2; r++) {
        JsonNode a = spectrum.get(i).get("rates").get(r);
        JsonNode b = found.get(i).get("rates").get(r);
        for (String figure : List.of("rank", "energy", "relative_error")) {
          assertEquals(a.get(figure).doubleValue(), b.get(figure).doubleValue(), 1e-5, figure);
        }
      }
    }
  }

  /** Examples, accuracy and flips equal those of {@code eval}. */
  @Test
  void examplesThatFlip() throws IOException {
    JsonNode json =
        profile(
                "--layer",
                0,
                "--rates",
                "0.95",
                "--task",
                "demo-topic",
                "--data",
                TOPIC,
                "--limit",
                12,
                "--format",
                "json")
            .json();
    List<JsonNode> plain = predictions("plain");
    List<JsonNode> pruned = predictions("pruned", "--edit", "0:mlp:0.95");
    Set<String> expected = new TreeSet<>();
    int correct = 0;
    for (int i = 0; i < plain.size(); i++) {
      JsonNode p = plain.get(i);
      correct += pruned.get(i).get("correct").booleanValue() ? 1 : 0;
      if (!p.get("predicted").equals(pruned.get(i).get("predicted"))) {
        expected.add(p.get("file").textValue() + ":" + p.get("row").intValue());
      }
    }
    JsonNode examples = json.get("model").get(0).get("examples");
    Set<String> found = new TreeSet<>();
    examples.get("flips").forEach(flip -> found.add(flip.get("example").textValue()));
    assertEquals(expected, found);
    assertFalse(expected.isEmpty(), "an edit this strong flips examples");
    assertEquals(12, examples.get("n").intValue());
    assertEquals(correct, examples.get("correct").intValue());
    assertEquals("demo-topic", json.get("manifest").get("task").get("name").textValue());
    assertPassagesAreThePrompts(json.get("text").get("passages"));
  }

  private List<JsonNode> predictions(String name, Object... edit) throws IOException {
    Path file = folder.resolve(name);
    List<Object> command = new ArrayList<>(List.of("eval", "--model", CHECKPOINT, "--no-cache"));
    command.addAll(List.of("--task", "demo-topic", "--data", TOPIC, "--limit", 12, "--quiet"));
    command.addAll(List.of("--predictions", file));
    command.addAll(List.of(edit));
    assertEquals(0, Cli.run(command.toArray()).code());
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  /** The shared prefix and each suffix are the ids of the prompts that {@code prompts} shows. */
  private static void assertPassagesAreThePrompts(JsonNode passages) {
    List<JsonNode> prompts =
        Cli.run("prompts", "--task", "demo-topic", "--data", TOPIC, "--limit", "12").jsonLines();
    assertEquals(prompts.size() + 1, passages.size());
    assertTrue(passages.get(0).get("after").isNull());
    for (int i = 0; i < prompts.size(); i++) {
      JsonNode own = passages.get(i + 1);
      assertEquals(0, own.get("after").intValue());
      List<Integer> ids = new ArrayList<>();
      passages.get(0).get("ids").forEach(id -> ids.add(id.intValue()));
      own.get("ids").forEach(id -> ids.add(id.intValue()));
      JsonNode whole =
          Cli.run("tokenize", "--model", CHECKPOINT, prompts.get(i).get("prompt").textValue())
              .json()
              .get("ids");
      // The last token of a prompt may span the label; it is then scored with the label.
      assertTrue(ids.size() == whole.size() || ids.size() == whole.size() - 1, "prompt " + i);
      for (int t = 0; t < ids.size(); t++) {
        assertEquals(whole.get(t).intValue(), ids.get(t), "prompt " + i + ", token " + t);
      }
    }
  }

  @Test
  void textFitsItsColumns() {
    Cli.Outcome found =
        profile(
            "--layer",
            -1,
            "--rates",
            "0,0.5,0.95,0.995",
            "--task",
            "demo-topic",
            "--data",
            TOPIC,
            "--limit",
            3,
            "--flips",
            2);
    assertEquals(0, found.code(), found.err());
    assertEquals("", found.err());
    assertNarrow(found.out());
    assertTrue(found.out().contains("5.fc_out [96, 384] F16"), found.out());
    assertTrue(found.out().contains("examples correct, flipped"), found.out());
    assertTrue(found.out().contains(" more\n"), found.out());
  }

  private static void assertNarrow(String text) {
    text.lines()
        .forEach(
            line -> {
              assertTrue(line.length() <= COLUMNS, line);
              assertEquals(line.stripTrailing(), line);
            });
  }

  @Test
  void timesFitTheirColumns() {
    ProfileRequest request =
        new ProfileRequest(
            0,
            ModuleSelection.of("fc_in"),
            List.of(PruningRate.parse("0.5"), PruningRate.parse("0.995")),
            EditPlan.NONE,
            new TextSource.PromptSource("text"),
            Optional.of(new ProfileRequest.Timed(2, new TimingConfig(0, 0, 0, 1, 1, 1))));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (LoadedModel loaded = LoadedModel.open(CHECKPOINT, new BackendOptions("vector", 0, 1))) {
      ProfileResult result = Profile.run(loaded, request, ProgressListener.NONE);
      ProfileText.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), result, 0);
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertNarrow(text);
    for (String part :
        List.of(
            "prefill, 2 rows",
            "decode, 1 row\n",
            "original",
            "right",
            "both",
            "GFLOP/s",
            "rank 76.8 by operation count",
            "--factored auto chooses")) {
      assertTrue(text.contains(part), part + " in " + text);
    }
  }

  @Tag("thorough")
  @Test
  void anEstimateRunsNothing() {
    JsonNode json = profile("--layer", 0, "--estimate", "--format", "json").json();
    assertEquals(
        Set.of(
            "seconds",
            "compilation_seconds",
            "forward_seconds",
            "decomposition_seconds",
            "timing_seconds"),
        Cli.keys(json));
    assertEquals(0, json.get("timing_seconds").doubleValue(), "--no-time");
  }

  @Test
  void badRequests() {
    profile("--layer", 6).failed("layer", "-1 to 5", "6");
    profile("--layer", 0, "--rates", "0.5,1").misused("rate", "not including, 1");
    profile("--layer", 0, "--rates", "0.5,0.5").misused("rates", "twice");
    profile("--layer", 0, "--ids", "0,1024").failed("token id", "0 to 1023", "1024");
    profile("--layer", 0, "--ids", "7" + ",7".repeat(512)).failed("ids", "512", "513");
    profile("--layer", 0, "--prompt", "the ".repeat(600)).failed("prompt", "512", "context");
    profile("--layer", 0, "--prompt", "").failed("prompt", "at least one token");
    Cli.run(
            "profile",
            "--model",
            TestData.model("gpt2-f32"),
            "--layer",
            0,
            "--module",
            "mlp",
            "--no-time",
            "--no-cache",
            "--quiet")
        .failed("gpt2-f32", "tokenizer.json");
  }

  @Test
  void usageErrors() {
    profile("--layer", 0, "--ids", "1", "--prompt", "a").misused("--ids");
    profile("--layer", 0, "--task", "cb").misused("--data");
    profile("--layer", 0, "--limit", "3").misused("--task");
    profile("--layer", 0, "--rows", "0").misused("--rows");
    profile("--layer", 0, "--flips", "-1").misused("--flips");
    profile().misused("--layer");
  }
}
