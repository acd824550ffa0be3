package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.engine.checkpoint.Checkpoint;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.cpu.CpuBackend;

/** Rejects checkpoints that are inconsistent or unsupported, with a one-line message. */
class InvalidCheckpointTest {
  @TempDir private Path folder;

  private CheckpointException refused(TestCheckpoint c, Fault fault, String... parts)
      throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(c.write(folder));
        Backend backend = CpuBackend.scalar(1)) {
      CheckpointException e =
          assertThrows(CheckpointException.class, () -> Architectures.load(checkpoint, backend));
      assertEquals(fault, e.fault(), e.getMessage());
      assertFalse(e.getMessage().chars().anyMatch(Character::isISOControl), e.getMessage());
      for (String part : parts) {
        assertTrue(e.getMessage().contains(part), e.getMessage() + " lacks " + part);
      }
      return e;
    }
  }

  /** Each message names the file, the key, the expected and the found value. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gpt2-f32 | model_type          |                 | expected a value, found none",
        "gpt2-f32 | activation_function | \"relu\"        | found \"relu\"",
        "gptj-f16 | activation_function | \"gelu\"        | found \"gelu\"",
        "llama-bf16 | hidden_act        | \"gelu\"        | found \"gelu\"",
        "gpt2-f32 | n_head              | 5               | expected a divisor of n_embd 48, found 5",
        "gptj-f16 | n_head              | 3               | expected a divisor of n_embd 64, found 3",
        "llama-bf16 | num_attention_heads | 6             | expected a divisor of hidden_size 64",
        "llama-bf16 | num_key_value_heads | 3             | expected a divisor",
        "llama-bf16 | head_dim          | 7               | expected an even head size, found 7",
        "gptj-f16 | rotary_dim          | 18              | expected an even number up to",
        "gptj-f16 | rotary_dim          | 7               | expected an even number up to",
        "gptj-f16 | rotary_dim          |                 | rotary_dim: expected an even number up to the head size 16",
        "gptj-f16 | rotary              | false           | expected true, found false",
        "gpt2-f32 | scale_attn_weights  | false           | expected true, found false",
        "gpt2-f32 | scale_attn_by_inverse_layer_idx | true | expected false, found true",
        "gpt2-f32 | add_cross_attention | true            | expected false, found true",
        "llama-bf16 | attention_bias    | true            | expected false, found true",
        "llama-bf16 | mlp_bias          | true            | expected false, found true",
        "llama-bf16 | quantization_config | {\"bits\":4}  | does not know",
        "llama-bf16 | sliding_window    | 128             | does not know",
        "llama-bf16 | partial_rotary_factor | 0.5         | does not know",
        "gpt2-f32 | n_layer             | 0               | expected a positive integer, found 0",
        "gpt2-f32 | n_layer             | \"3\"           | expected a positive integer",
        "gpt2-f32 | n_embd              | 48.5            | expected a positive integer",
        "gpt2-f32 | vocab_size          | 99999999999     | expected a positive integer",
        "gpt2-f32 | vocab_size          |                 | expected a value, found none",
        "llama-bf16 | intermediate_size |                 | expected a value, found none",
        "llama-bf16 | rope_theta        | 0               | expected a positive number, found 0",
        "llama-bf16 | rope_theta        | \"big\"         | expected a finite number",
        "llama-bf16 | rms_norm_eps      | -1              | expected",
        "gpt2-f32 | layer_norm_epsilon  | -1e-5           | expected",
      })
  void settings(String model, String key, String json, String part) throws IOException {
    CheckpointException e = load(TestCheckpoint.golden(model).set(key, json));
    for (String needed : List.of("config.json", key, part)) {
      assertTrue(e.getMessage().contains(needed), e.getMessage() + " lacks " + needed);
    }
  }

  @Test
  void modelType() throws IOException {
    CheckpointException e = load(TestCheckpoint.golden("gpt2-f32").set("model_type", "\"mamba\""));
    String expected =
        "config.json: model_type: expected one of %s, or gemma3 with a text_config, found \"mamba\""
            .formatted(String.join(", ", Architectures.modelTypes()));
    assertTrue(e.getMessage().endsWith(expected), e.getMessage());
  }

  private CheckpointException load(TestCheckpoint c) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(c.write(folder));
        Backend backend = CpuBackend.scalar(1)) {
      // inspect and load apply the same checks.
      assertThrows(CheckpointException.class, () -> Architectures.config(checkpoint));
      return assertThrows(CheckpointException.class, () -> Architectures.load(checkpoint, backend));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"dynamic\",\"factor\":2}        | rope_scaling.type | found \"dynamic\"",
        "{\"rope_type\":\"yarn\",\"factor\":2}      | rope_scaling.rope_type | found \"yarn\"",
        "{\"type\":\"linear\"}                      | rope_scaling.factor | found none",
        "{\"type\":\"linear\",\"factor\":0}         | rope_scaling.factor | expected a positive",
        "{\"type\":\"linear\",\"factor\":\"two\"}   | rope_scaling.factor | found \"two\"",
        "{\"type\":\"linear\",\"factor\":2,\"x\":1} | rope_scaling.x | does not know",
        "{\"rope_type\":\"llama3\",\"factor\":8}    | rope_scaling.low_freq_factor | found none",
        "{\"rope_type\":\"default\",\"factor\":8}   | rope_scaling.factor | does not know",
        "\"linear\"                                 | rope_scaling | expected an object",
      })
  void ropeScaling(String json, String key, String part) throws IOException {
    CheckpointException e = load(TestCheckpoint.golden("llama-bf16").set("rope_scaling", json));
    for (String needed : List.of("config.json", key, part)) {
      assertTrue(e.getMessage().contains(needed), e.getMessage() + " lacks " + needed);
    }
  }

  @Test
  void duplicateRopeScaling() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("llama-bf16");
    c.set("rope_scaling", "{\"type\":\"linear\",\"factor\":2}");
    c.set("rope_parameters", "{\"rope_type\":\"default\",\"rope_theta\":10000}");
    assertTrue(load(c).getMessage().contains("rope_scaling"));
  }

  @Test
  void llama3FrequencyBandsOverlap() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("llama-bf16");
    c.set(
        "rope_scaling",
        "{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4,"
            + "\"original_max_position_embeddings\":64}");
    CheckpointException e = load(c);
    assertTrue(e.getMessage().contains("rope_scaling.high_freq_factor"), e.getMessage());
  }

  /** Sizes whose products overflow 32 bits are rejected when the settings are read. */
  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, n_embd, 1073741824",
    "gptj-f16, n_embd, 1073741824",
    "llama-bf16, head_dim, 1073741824",
    "llama-bf16, num_attention_heads, 2147483640",
  })
  void sizesThatOverflow(String model, String key, String value) throws IOException {
    TestCheckpoint c = TestCheckpoint.golden(model).set(key, value);
    if (key.equals("num_attention_heads")) {
      c.set("head_dim", "8");
    }
    assertTrue(load(c).getMessage().contains(key));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, h.1.mlp.c_fc.weight",
    "gpt2-f32, h.2.attn.c_attn.bias",
    "gpt2-f32, wpe.weight",
    "gptj-f16, lm_head.bias",
    "gptj-f16, lm_head.weight",
    "llama-bf16, model.layers.1.self_attn.k_proj.weight",
    "llama-bf16, model.norm.weight",
    "llama-bf16, lm_head.weight",
    "stories260K, model.embed_tokens.weight",
  })
  void missingTensor(String model, String tensor) throws IOException {
    TestCheckpoint c = TestCheckpoint.golden(model);
    List<Long> shape = c.tensors.remove(tensor).shape();
    refused(
        c,
        Fault.MISSING_TENSOR,
        "model.safetensors: ",
        tensor + ": ",
        "expected shape " + shape + ", found none");
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, h.1.mlp.c_fc.weight, 192, 48",
    "gpt2-f32, h.0.attn.c_attn.weight, 144, 48",
    "gpt2-f32, wpe.weight, 63, 48",
    "gptj-f16, transformer.h.3.attn.k_proj.weight, 64, 63",
    "llama-bf16, model.layers.1.self_attn.k_proj.weight, 64, 64",
    "llama-bf16, model.layers.2.mlp.down_proj.weight, 176, 64",
  })
  void wrongShape(String model, String tensor, int rows, int columns) throws IOException {
    TestCheckpoint c = TestCheckpoint.golden(model);
    List<Long> expected = c.tensors.get(tensor).shape();
    c.random(new Random(1), tensor, 1, rows, columns);
    refused(
        c,
        Fault.WRONG_SHAPE,
        "model.safetensors: ",
        tensor + ": ",
        "expected shape " + expected + ", found [" + rows + ", " + columns + "]");
  }

  @Test
  void wrongType() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("gpt2-f32");
    c.write(folder);
    // A dtype with a name of the same length, so that the header keeps its size.
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    String header = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = header.indexOf("\"F32\"", header.indexOf("\"h.1.ln_2.weight\""));
    bytes[at + 1] = 'I';
    Files.write(file, bytes);
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        Backend backend = CpuBackend.scalar(1)) {
      CheckpointException e =
          assertThrows(CheckpointException.class, () -> Architectures.load(checkpoint, backend));
      assertEquals(
          file + ": h.1.ln_2.weight: expected dtype F32, F16 or BF16, found I32", e.getMessage());
    }
  }

  @Test
  void extraTensor() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("llama-bf16");
    c.random(new Random(1), "model.layers.1.self_attn.q_proj.bias", 1, 64);
    refused(
        c,
        Fault.UNEXPECTED_TENSOR,
        "model.safetensors: model.layers.1.self_attn.q_proj.bias: ",
        "found this one, of shape [64]");
  }

  @Test
  void extraTensorWithALineBreakInItsName() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("llama-bf16");
    c.random(new Random(1), "two\nlines", 1, 64);
    refused(c, Fault.UNEXPECTED_TENSOR, "model.safetensors: two\\u000alines: ");
  }

  @Test
  void moreLayersThanTheFileHas() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("gpt2-f32").set("n_layer", "2147483647");
    refused(c, Fault.MISSING_TENSOR, "h.3.ln_1.weight");
  }

  @Test
  void fewerLayersThanTheFileHas() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("llama-bf16").set("num_hidden_layers", "2");
    refused(c, Fault.UNEXPECTED_TENSOR, "model.layers.2.");
  }

  @Test
  void sixteenBitTypesMayBeMixed() throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("stories260K");
    c.tensors.replaceAll(
        (name, tensor) -> name.contains("mlp") ? tensor.as(DType.BF16) : tensor.as(DType.F16));
    assertEquals(512, Run.logits(c.write(folder), 1)[0].length);
  }
}
