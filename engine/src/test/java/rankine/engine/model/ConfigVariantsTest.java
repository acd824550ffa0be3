package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.CheckpointException;
import rankine.common.ModelException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.AttentionScores;
import rankine.testdata.TestData;

/** Settings that published checkpoints spell differently, or that the golden ones lack. */
class ConfigVariantsTest {
  /** Longer than the windows below. */
  private static final int[] PROMPT = IntStream.range(0, 30).map(i -> 7 + 31 * i % 150).toArray();

  private static final String FULL = "\"full_attention\"";
  private static final String WINDOWED = "\"sliding_attention\"";

  @TempDir private Path folder;

  private float[] logits(TestCheckpoint c) throws IOException {
    return last(c.write(folder));
  }

  private static float[] golden(String model) {
    return last(TestData.model(model));
  }

  private static float[] last(Path model) {
    return Run.logits(model, PROMPT)[PROMPT.length - 1];
  }

  private void same(String model, TestCheckpoint c) throws IOException {
    assertArrayEquals(golden(model), logits(c));
  }

  private void different(String model, TestCheckpoint c) throws IOException {
    assertFalse(Arrays.equals(golden(model), logits(c)));
  }

  static Stream<String> models() {
    return TestModels.all().stream();
  }

  /** One golden checkpoint for each architecture, in the same order. */
  @Test
  void everyArchitectureHasAGoldenCheckpoint() {
    List<String> types =
        TestModels.all().stream()
            .map(model -> TestCheckpoint.golden(model).config.get("model_type").textValue())
            .toList();
    assertEquals(Architectures.modelTypes(), types);
    assertEquals(types, List.copyOf(Architectures.families().keySet()));
  }

  /** transformers 5 writes {@code dtype}, and what it knows of positions in one object. */
  @ParameterizedTest
  @MethodSource("models")
  void asTransformers5Writes(String model) throws IOException {
    TestCheckpoint c = TestCheckpoint.golden(model);
    ObjectNode config = c.config;
    config.set("dtype", config.remove("torch_dtype"));
    JsonNode theta =
        config.has("rope_theta") ? config.remove("rope_theta") : config.remove("rotary_emb_base");
    JsonNode part =
        config.has("rotary_pct") && !model.startsWith("cohere2")
            ? config.remove("rotary_pct")
            : config.remove("partial_rotary_factor");
    config.remove("rope_scaling");
    if (theta != null) {
      ObjectNode rope = config.putObject("rope_parameters");
      if (model.startsWith("gemma3")) {
        JsonNode local = config.remove("rope_local_base_freq");
        rope.putObject("sliding_attention").put("rope_type", "default").set("rope_theta", local);
        rope = rope.putObject("full_attention");
      }
      rope.put("rope_type", "default").set("rope_theta", theta);
      if (part != null) {
        rope.set("partial_rotary_factor", part);
      }
    }
    same(model, c);
  }

  @Test
  void qwenWindows() throws IOException {
    for (String model : List.of("qwen2-bf16", "qwen3-f32")) {
      TestCheckpoint c = TestCheckpoint.golden(model).set("sliding_window", "5");
      same(model, c);
      c.set("use_sliding_window", "true").set("max_window_layers", "1");
      float[] windowed = logits(c);
      assertFalse(Arrays.equals(golden(model), windowed));
      c.set("max_window_layers", "3");
      same(model, c);
      c.set("layer_types", "[%s, %s, %s]".formatted(FULL, WINDOWED, WINDOWED));
      assertArrayEquals(windowed, logits(c));
    }
  }

  /** Where the key is absent, the configuration classes of Hugging Face have 4096. */
  @Test
  void aWindowThatIsAbsentIsNotNull() {
    for (String model : List.of("mistral-bf16", "qwen2-bf16", "qwen3-f32")) {
      TestCheckpoint c = TestCheckpoint.golden(model);
      if (model.startsWith("qwen")) {
        c.set("use_sliding_window", "true").set("max_window_layers", "0");
      }
      assertEquals(AttentionScores.UNLIMITED, window(c.set("sliding_window", "null")), model);
      assertEquals(4096, window(c.set("sliding_window", null)), model);
    }
  }

  private static int window(TestCheckpoint c) {
    Settings settings = Settings.parse(Path.of("config.json"), c.config.toString());
    LlamaDecoder decoder =
        switch (c.config.get("model_type").textValue()) {
          case "mistral" -> Mistral.read(settings);
          case "qwen2" -> Qwen2.read(settings);
          default -> Qwen3.read(settings);
        };
    return decoder.scores().apply(0).window();
  }

  @Test
  void oneWindowForAllLayers() throws IOException {
    TestCheckpoint mistral = TestCheckpoint.golden("mistral-bf16").set("sliding_window", "30");
    same("mistral-bf16", mistral);
    different("mistral-bf16", mistral.set("sliding_window", "29"));
    TestCheckpoint phi3 = TestCheckpoint.golden("phi3-f16").set("sliding_window", null);
    different("phi3-f16", phi3);
  }

  @Test
  void layerTypesWin() throws IOException {
    String pattern = "[%1$s, %1$s, %1$s, %2$s]".formatted(WINDOWED, FULL);
    TestCheckpoint cohere = TestCheckpoint.golden("cohere2-f16").set("layer_types", pattern);
    same("cohere2-f16", cohere.set("sliding_window_pattern", "2"));
    different("cohere2-f16", cohere.set("layer_types", null));

    String types = "[%1$s, %1$s, %1$s, %1$s, %1$s, %2$s, %1$s]".formatted(WINDOWED, FULL);
    TestCheckpoint gemma = TestCheckpoint.golden("gemma3_text-bf16").set("layer_types", types);
    same("gemma3_text-bf16", gemma.set("sliding_window_pattern", "3"));
    different("gemma3_text-bf16", gemma.set("layer_types", null));
  }

  @Test
  void gemma3ScalesOnlyTheFullLayers() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("gemma3_text-bf16");
    String linear = "{\"rope_type\": \"linear\", \"factor\": 8.0}";
    c.set("rope_scaling", linear);
    different("gemma3_text-bf16", c);
    c.set("layer_types", "[%1$s, %1$s, %1$s, %1$s, %1$s, %1$s, %1$s]".formatted(WINDOWED));
    float[] scaled = logits(c);
    assertArrayEquals(scaled, logits(c.set("rope_scaling", null)));
  }

  @Test
  void layersWithoutPositions() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("smollm3-bf16").set("no_rope_layers", null);
    same("smollm3-bf16", c);
    different("smollm3-bf16", c.set("no_rope_layer_interval", "3"));
    same("smollm3-bf16", c.set("no_rope_layers", "[1, 1, 1, 0]"));
  }

  /** Names of OPT as the decoder saves them without its language model. */
  @Test
  void optWithoutPrefix() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("opt-f16");
    same("opt-f16", c.rename(name -> name.replaceFirst("^model\\.", "")));
  }

  /** Gemma's published {@code hidden_act} is "gelu", but the tanh form is meant. */
  @Test
  void gemmaActivation() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("gemma-bf16").set("hidden_act", "\"gelu\"");
    same("gemma-bf16", c.set("hidden_activation", null));
  }

  /** LongRoPE's short factors hold up to the original length, where one KV cache ends. */
  @Test
  void longRope() throws IOException {
    String model = "phi3-f16";
    String scaling =
        """
        {"type": "%s", "short_factor": [1,1,1,1,1,1], "long_factor": [2,2,2,2,2,2]%s}\
        """;
    TestCheckpoint c = TestCheckpoint.golden(model);
    c.set("original_max_position_embeddings", "30");
    c.set("rope_scaling", scaling.formatted("longrope", ", \"attention_factor\": 1"));
    Run.assertClose(Run.doubles(golden(model)), logits(c), 1e-5);
    int[] longer = Arrays.copyOf(PROMPT, PROMPT.length + 1);
    ModelException e = assertThrows(ModelException.class, () -> Run.logits(folder, longer));
    assertEquals(
        "context: expected at most 30 tokens (LongRoPE's short factors; logits and generate take"
            + " 128), found 31",
        e.getMessage());
    different(model, c.set("rope_scaling", scaling.formatted("su", "")));
    float[] amplified = logits(c);
    c.set("rope_theta", null).set("partial_rotary_factor", null).set("rope_scaling", null);
    String newer =
        ", \"rope_type\": \"longrope\", \"rope_theta\": 10000, \"partial_rotary_factor\": 0.75,"
            + " \"original_max_position_embeddings\": 30";
    assertArrayEquals(amplified, logits(c.set("rope_parameters", scaling.formatted("su", newer))));
    c.set("rope_parameters", null).set("partial_rotary_factor", "0.75");
    c.set("rope_scaling", "{\"type\": \"yarn\", \"factor\": 4}");
    refused(c, "rope_scaling.type");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "qwen2-bf16       | layer_types             | [\"sliding_attention\",\"full_attention\",\"full_attention\"]",
        "qwen3-f32        | layer_types             | [\"full_attention\"]",
        "qwen3-f32        | attention_bias          | true",
        "smollm3-bf16     | no_rope_layers          | [1, 0]",
        "smollm3-bf16     | no_rope_layers          | [1, 0, 2, 1]",
        "granite-bf16     | logits_scaling          | 0",
        "granite-bf16     | mlp_bias                | true",
        "phi3-f16         | full_attn_mod           | 2",
        "phi3-f16         | partial_rotary_factor   | 0.1",
        "phi3-f16         | lm_head_bias            | true",
        "opt-f16          | do_layer_norm_before    | false",
        "opt-f16          | word_embed_proj_dim     | 32",
        "opt-f16          | _remove_final_layer_norm | true",
        "opt-f16          | activation_function     | \"gelu\"",
        "cohere2-f16      | use_qk_norm             | true",
        "cohere2-f16      | use_parallel_block      | false",
        "cohere2-f16      | rotary_pct              | 0.5",
        "gemma-bf16       | hidden_activation       | \"gelu\"",
        "gemma2-f32       | final_logit_softcapping | -0.0",
        "gemma2-f32       | attn_logit_softcapping  | 0",
        "gemma2-f32       | attn_logit_softcapping  | 1e-60",
        "gemma3_text-bf16 | final_logit_softcapping | 30.0",
        "gemma3_text-bf16 | use_bidirectional_attention | true",
        "gemma3_text-bf16 | rope_local_base_freq    | -1",
      })
  void refusesByName(String model, String key, String json) throws IOException {
    refused(TestCheckpoint.golden(model).set(key, json), key);
  }

  private void refused(TestCheckpoint c, String key) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(c.write(folder))) {
      CheckpointException e =
          assertThrows(CheckpointException.class, () -> Architectures.config(checkpoint));
      assertTrue(e.getMessage().contains("config.json: " + key + ": "), e.getMessage());
    }
  }
}
