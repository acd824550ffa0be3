package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.BackendException;
import rankine.common.CheckpointException;
import rankine.common.ModelException;
import rankine.common.TokenizerException;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Golden;
import rankine.engine.model.MemoryLimits;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.profile.Profile;
import rankine.engine.profile.ProfileRequest;
import rankine.engine.profile.TextSource;
import rankine.engine.replay.ProgressListener;
import rankine.kernels.Matrix;
import rankine.testdata.TestData;

/** A checkpoint resident on a backend. */
class LoadedModelTest {
  private static final BackendOptions CPU = new BackendOptions("vector", 0, 1);

  @TempDir private Path folder;

  @Test
  void tokenizerIsReadOnce() {
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      assertEquals("vector", loaded.backend().backend().name());
      assertSame(loaded.tokenizer(), loaded.tokenizer());
    }
  }

  private static LoadedModel limited(Path directory, BackendOptions options, long heap) {
    return LoadedModel.open(
        directory, options, FactorCache.none(), new MemoryLimits(heap, Long.MAX_VALUE));
  }

  /** stories260K has 512 tokens: 2,048 bytes of logits for each position. */
  @Test
  void aStudyWhoseLogitsDoNotFitIsRefused() {
    ProfileRequest request =
        new ProfileRequest(
            1,
            ModuleSelection.of("q_proj"),
            List.of(PruningRate.parse("0.5")),
            EditPlan.NONE,
            new TextSource.IdsSource(new int[500]),
            Optional.empty());
    try (LoadedModel loaded = limited(TestData.model("stories260K"), CPU, 500 * 2_048 - 1)) {
      assertEquals(
          "memory: expected at least 1 MiB for the logits of 500 positions, found a Java heap of 0"
              + " MiB (try a shorter text or fewer examples; or RANKINE_HEAP=1g or more, or -Xmx in"
              + " a program)",
          refusal(() -> Profile.run(loaded, request, ProgressListener.NONE)));
    }
  }

  private static String refusal(Executable run) {
    return assertThrows(ModelException.class, run).getMessage();
  }

  /** stories260K: 5 layers with keys and values of 4 · 8 features, 1,280 bytes per token. */
  @Test
  void whatTheMemoryCannotHoldIsRefusedBeforeItBegins() {
    Path stories = TestData.model("stories260K");
    long activations;
    try (LoadedModel loaded = LoadedModel.open(stories, CPU)) {
      activations = loaded.model().activationBytes(512, 1);
      assertEquals(400 * 1_280, loaded.model().cacheBytes(400));
    }
    int[] prompt = {1, 2, 3};
    try (LoadedModel enough = limited(stories, CPU, activations + 400 * 1_280)) {
      assertEquals(3, NextTokenLogits.after(enough, prompt, 3).greedy().length);
      String line = refusal(() -> NextTokenLogits.after(enough, prompt, 398));
      assertTrue(line.startsWith("memory: expected at least "), line);
      assertTrue(line.contains(" MiB for the keys and values of 401 tokens and the"), line);
      assertTrue(line.contains("a smaller --greedy"), line);
      Matrix w = Matrix.of(new float[600 * 600], 600, 600);
      line = refusal(() -> enough.decompositions().exact("3.fc_in", w));
      assertTrue(line.contains("the decomposition of 3.fc_in [600, 600]"), line);
      assertTrue(line.contains("--method randomized"), line);
    }
    try (LoadedModel tooSmall = limited(stories, CPU, activations - 1)) {
      String line = refusal(() -> tooSmall.session().close());
      assertTrue(line.contains("the activations of 512 tokens"), line);
    }
    BackendOptions copied = new BackendOptions("vector", 0, 1, true);
    String line =
        refusal(
            () ->
                LoadedModel.open(
                    stories, copied, FactorCache.none(), new MemoryLimits(1L << 30, 1_000_000)));
    assertTrue(line.contains("copies of the weights"), line);
    assertTrue(line.contains("without --copy-weights"), line);
  }

  @Test
  void closingTwice() {
    LoadedModel loaded = LoadedModel.open(TestData.model("gpt2-f32"), CPU);
    loaded.close();
    loaded.close();
  }

  @Test
  void modelWithoutATokenizerGivesLogits() {
    try (LoadedModel loaded = LoadedModel.open(TestData.model("gpt2-f32"), CPU)) {
      assertEquals(307, NextTokenLogits.after(loaded, new int[] {1}, 0).logits().length);
      for (int i = 0; i < 2; i++) {
        TokenizerException e = assertThrows(TokenizerException.class, loaded::tokenizer);
        assertTrue(e.getMessage().contains("gpt2-f32"), e.getMessage());
      }
    }
  }

  @Test
  void tokenizerWithMoreIdsThanTheModel() throws IOException {
    TestCheckpoint.golden("stories260K").write(folder);
    Path other = TestData.tokenizer("llama2-like");
    Files.copy(other.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    try (LoadedModel loaded = LoadedModel.open(folder, CPU)) {
      ModelException e = assertThrows(ModelException.class, loaded::tokenizer);
      assertEquals(
          folder + ": tokenizer: expected at most 512 ids (the model's vocab_size), found 3000",
          e.getMessage());
    }
  }

  @Test
  void unknownBackend() {
    Path model = TestData.model("gpt2-f32");
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> LoadedModel.open(model, new BackendOptions("fast", 0, 1)));
    assertEquals("backend: expected auto, scalar, vector or tornado, found fast", e.getMessage());
    assertThrows(
        BackendException.class, () -> LoadedModel.open(model, new BackendOptions("auto", 0, 0)));
  }

  @Test
  void checkpointErrorsPrecedeBackendErrors() throws IOException {
    TestCheckpoint.golden("gpt2-f32").set("model_type", "\"rwkv\"").write(folder);
    assertThrows(
        CheckpointException.class,
        () -> LoadedModel.open(folder, new BackendOptions("fast", 0, 1)));
  }

  @Test
  void nextTokens() throws IOException {
    for (String model : new String[] {"gpt2-f32", "gptj-f16", "llama-bf16", "stories260K"}) {
      try (LoadedModel loaded = LoadedModel.open(TestData.model(model), CPU)) {
        for (Golden.GoldenCase golden : Golden.cases(model)) {
          NextTokenLogits next =
              NextTokenLogits.after(loaded, golden.ids(), golden.greedy().length);
          assertArrayEquals(golden.greedy(), next.greedy());
          int[] top = next.top(3);
          assertEquals(golden.greedy()[0], top[0]);
          assertTrue(next.logits()[top[0]] >= next.logits()[top[1]]);
          assertTrue(next.logits()[top[1]] >= next.logits()[top[2]]);
        }
      }
    }
  }

  @Test
  void nextTokensEndWithTheContext() {
    try (LoadedModel loaded = LoadedModel.open(TestData.model("gpt2-f32"), CPU)) {
      int[] ids = new int[62];
      int[] all = NextTokenLogits.after(loaded, ids, 3).greedy();
      assertEquals(3, all.length);
      assertArrayEquals(all, NextTokenLogits.after(loaded, ids, 100).greedy());
      int[] full = Arrays.copyOf(ids, 64);
      full[62] = all[0];
      full[63] = all[1];
      assertArrayEquals(new int[] {all[2]}, NextTokenLogits.after(loaded, full, 1).greedy());
      assertArrayEquals(new int[] {all[2]}, NextTokenLogits.after(loaded, full, 100).greedy());
      ModelException e =
          assertThrows(ModelException.class, () -> NextTokenLogits.after(loaded, ids, -1));
      assertEquals("greedy: expected 0 or more, found -1", e.getMessage());
    }
  }

  /** Weights that are not finite give NaN logits, which are an error. */
  @Test
  void rejectsNaNLogits() throws IOException {
    TestCheckpoint broken = TestCheckpoint.golden("stories260K");
    broken.tensors.get("model.norm.weight").values()[3] = Float.NaN;
    broken.write(folder);
    try (LoadedModel loaded = LoadedModel.open(folder, CPU)) {
      ModelException e =
          assertThrows(ModelException.class, () -> NextTokenLogits.after(loaded, new int[] {1}, 2));
      assertTrue(e.getMessage().contains("expected numbers, found NaN"), e.getMessage());
    }
  }

  @Test
  void generatedTextMatchesGolden() throws IOException {
    var prompts =
        new ObjectMapper()
            .readTree(TestData.model("stories260K").resolve("golden_logits.json").toFile())
            .get("prompts");
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      for (var prompt : prompts) {
        String text = prompt.get("text").textValue();
        StringBuilder streamed = new StringBuilder();
        GeneratedText found =
            GeneratedText.run(loaded, text, new GenerationConfig(64, 0, 0), streamed::append);
        assertEquals(prompt.get("greedy_text").textValue(), text + found.text());
        assertEquals(found.text(), streamed.toString());
        assertEquals(64, found.ids().length);
      }
    }
  }

  /** The stop text spans tokens; the text ends before it, the ids with it. */
  @Test
  void stopTextsCutTheText() {
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      String all = text(loaded, List.of());
      String stop = "a little girl";
      assertTrue(all.contains(stop), all);
      assertEquals(all.substring(0, all.indexOf(stop)), text(loaded, List.of("zebra", stop)));
      assertEquals(all, text(loaded, List.of("zebra")));
    }
  }

  private static String text(LoadedModel loaded, List<String> stops) {
    StringBuilder streamed = new StringBuilder();
    GenerationConfig config = new GenerationConfig(32, 0, 0, 1, 0, 1, stops, 0);
    GeneratedText found = GeneratedText.run(loaded, "Once upon a time", config, streamed::append);
    assertEquals(found.text(), streamed.toString());
    assertTrue(
        loaded.tokenizer().decode(found.ids()).stripLeading().startsWith(found.text().strip()));
    return found.text();
  }

  /** Random weights never choose their eos_token_id by themselves within these few ids. */
  @Test
  void endsAtTheIdsOfGenerationConfig(@TempDir Path folder) throws IOException {
    Path source = TestData.model("gpt2-f32");
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(source.resolve(name), folder.resolve(name));
    }
    GenerationConfig config = new GenerationConfig(8, 0, 0);
    int[] prompt = {5, 6};
    int[] all;
    try (LoadedModel loaded = LoadedModel.open(folder, CPU)) {
      GeneratedText found = GeneratedText.run(loaded, prompt, config, piece -> {});
      assertEquals("", found.text());
      all = found.ids();
      assertEquals(8, all.length);
    }
    int end = all[4];
    Files.writeString(
        folder.resolve("generation_config.json"), "{\"eos_token_id\": [300, %d]}".formatted(end));
    try (LoadedModel loaded = LoadedModel.open(folder, CPU)) {
      int[] found = GeneratedText.run(loaded, prompt, config, piece -> {}).ids();
      assertTrue(found.length <= 4);
      assertArrayEquals(Arrays.copyOf(all, found.length), found);
    }
  }
}
