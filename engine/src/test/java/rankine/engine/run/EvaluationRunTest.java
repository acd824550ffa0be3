package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TaskException;
import rankine.common.io.OutputFile;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Task;
import rankine.engine.model.TestCheckpoint;
import rankine.testdata.TestData;

/** An evaluation with its manifest and predictions file. */
class EvaluationRunTest {
  private static final BackendOptions CPU = new BackendOptions("vector", 0, 2);

  @TempDir private Path folder;

  private static Path sst2() {
    return TestData.task("sst2");
  }

  private static EvaluationRequest sst2(int limit) {
    return new EvaluationRequest(
        Task.load("sst2"), sst2(), EvaluationOptions.DEFAULT.withLimit(limit));
  }

  private static Set<String> keys(JsonNode object) {
    Set<String> keys = new TreeSet<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void manifestRecordsAllInputs() {
    Path model = TestData.model("stories260K");
    try (LoadedModel loaded = LoadedModel.open(model, CPU)) {
      EvaluationResult run =
          Evaluator.once(loaded, sst2(10), Optional.empty(), (done, total) -> {});
      ObjectNode manifest = run.manifest();
      assertEquals(
          Set.of(
              "rankine",
              "java",
              "platform",
              "checkpoint",
              "tokenizer",
              "task",
              "seed",
              "shots",
              "edits",
              "backend"),
          keys(manifest));
      try (Checkpoint again = Checkpoint.open(model)) {
        assertEquals(again.hash(), manifest.at("/checkpoint/sha256").textValue());
      }
      assertEquals(47, manifest.at("/checkpoint/dtypes/F32").intValue());
      assertEquals(loaded.tokenizer().hash(), manifest.at("/tokenizer/sha256").textValue());
      assertEquals("bos 1", manifest.at("/tokenizer/bos").textValue());
      assertEquals("corrected", manifest.at("/task/version").textValue());
      assertEquals(Task.load("sst2").hash(), manifest.at("/task/sha256").textValue());
      assertEquals("vector", manifest.at("/backend/name").textValue());
      assertEquals(0, manifest.at("/edits").size());
      assertEquals(manifest, run.toJson().get("manifest"));
    }
  }

  @Test
  void predictionsAgreeWithTheResult() throws IOException {
    Path file = folder.resolve("predictions.jsonl");
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      EvaluationResult run =
          Evaluator.once(
              loaded, sst2(20), Optional.of(OutputFile.replacing(file)), (done, total) -> {});
      List<String> lines = Files.readAllLines(file);
      assertEquals(20, lines.size());
      int correct = 0;
      for (String line : lines) {
        JsonNode prediction = new ObjectMapper().readTree(line);
        assertEquals(2, prediction.get("log_probabilities").size());
        assertEquals(64, prediction.get("prompt_sha256").textValue().length());
        double negative = prediction.get("log_probabilities").get(0).doubleValue();
        double positive = prediction.get("log_probabilities").get(1).doubleValue();
        assertTrue(negative < 0 && positive < 0, line);
        assertEquals(positive > negative ? 1 : 0, prediction.get("predicted").intValue(), line);
        boolean right = prediction.get("predicted").equals(prediction.get("gold"));
        assertEquals(right, prediction.get("correct").booleanValue(), line);
        correct += right ? 1 : 0;
      }
      assertEquals(correct, run.counts().correct());
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).toList();
    }
  }

  @Test
  void failedRunKeepsTheOldPredictionsFile() throws IOException {
    Path file = Files.writeString(folder.resolve("predictions.jsonl"), "old\n");
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      assertThrows(
          IllegalStateException.class,
          () ->
              Evaluator.once(
                  loaded,
                  sst2(60),
                  Optional.of(OutputFile.replacing(file)),
                  (done, total) -> {
                    if (done > 0) {
                      throw new IllegalStateException("stopped at " + done);
                    }
                  }));
    }
    assertEquals("old\n", Files.readString(file));
    assertEquals(List.of("predictions.jsonl"), files());
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "of another job");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileThatAppearsMeanwhileIsKept() throws IOException {
    Path file = folder.resolve("predictions.jsonl");
    OutputFile output = new OutputFile(file, false);
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      TaskException e =
          assertThrows(
              TaskException.class,
              () ->
                  Evaluator.once(
                      loaded, sst2(5), Optional.of(output), (done, total) -> write(file)));
      assertEquals(
          file + ": expected no file of that name, found one (--force replaces it)",
          e.getMessage());
    }
    assertEquals("of another job", Files.readString(file));
    assertEquals(List.of("predictions.jsonl"), files());
  }

  @Test
  void rejectsNaNScores() throws IOException {
    TestCheckpoint broken = TestCheckpoint.golden("stories260K");
    broken.tensors.get("model.layers.4.mlp.down_proj.weight").values()[3] = Float.NaN;
    Path model = broken.write(folder.resolve("broken"));
    Files.copy(
        TestData.model("stories260K").resolve("tokenizer.json"), model.resolve("tokenizer.json"));
    Path file = folder.resolve("predictions.jsonl");
    try (LoadedModel loaded = LoadedModel.open(model, CPU)) {
      TaskException e =
          assertThrows(
              TaskException.class,
              () ->
                  Evaluator.once(
                      loaded,
                      sst2(5),
                      Optional.of(OutputFile.replacing(file)),
                      (done, total) -> {}));
      assertTrue(e.getMessage().contains("found NaN from the model"), e.getMessage());
    }
    assertEquals(List.of("broken"), files());
  }

  @Test
  void inspectionCountsWithoutLoading() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("stories260K"))) {
      Inspection found = Inspection.of(checkpoint, OptionalInt.empty());
      assertEquals(260_032, found.parameters());
      ObjectNode json = found.toJson();
      assertEquals(
          Set.of(
              "architecture",
              "loads",
              "reason",
              "notes",
              "sizes",
              "config",
              "parameters",
              "memory",
              "tensors"),
          keys(json));
      // 5 layers, keys and values of 4 heads of 8 features in float32; 512 positions.
      assertEquals(5 * 2 * 4 * 8 * 4, json.at("/memory/kv_cache_per_token").intValue());
      assertEquals(512 * 1280, json.at("/memory/kv_cache_full_context").intValue());
      assertEquals(checkpoint.bytes(), json.at("/memory/weights_mapped").longValue());
      try (LoadedModel loaded =
          LoadedModel.open(TestData.model("stories260K"), new BackendOptions("scalar", 0, 1))) {
        assertEquals(
            loaded.model().activationBytes(512, 64), json.at("/memory/activations").longValue());
      }
      assertEquals(47, json.get("tensors").size());
      assertEquals(Set.of("name", "dtype", "shape", "file"), keys(json.at("/tensors/0")));
    }
  }

  /**
   * Gemma 3: 7 layers, of which one sees all; the others keep what 20 positions and a batch reach.
   */
  @Test
  void windowsBoundTheMemoryOfAContext() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("gemma3_text-bf16");
    c.set("max_position_embeddings", "100000");
    try (Checkpoint checkpoint = Checkpoint.open(c.write(folder.resolve("windows")))) {
      ObjectNode json = Inspection.of(checkpoint, OptionalInt.of(50_000)).toJson();
      long perLayer = 2 * 16 * 4; // one head of 16 features, keys and values in float32
      int kept = 640; // 20 - 1 + 512 positions are 9 blocks of 64, and one is partly used
      assertEquals(perLayer * (50_000 + 6 * kept), json.at("/memory/kv_cache_context").longValue());
      assertEquals(
          perLayer * (100_000 + 6 * kept), json.at("/memory/kv_cache_full_context").longValue());
    }
  }

  @Test
  void doctorSaysWhyThereIsNoBackend() {
    ObjectNode good = Doctor.report(new BackendOptions("auto", 0, 2));
    assertEquals("vector", good.get("chosen").textValue());
    ObjectNode bad = Doctor.report(new BackendOptions("tornado", 0, 2));
    assertTrue(bad.get("chosen").isNull());
    assertTrue(bad.get("reason").textValue().contains("tornado"));
  }
}
