package rankine.benchmarks.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.benchmarks.RandomCheckpoint;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.SafetensorsWriter;
import rankine.kernels.DType;

/** GGUF files, parsed by an independent reader; LlamaCppTest loads them in llama.cpp. */
class GgufConversionTest {
  @TempDir Path folder;

  /** A tensor whose element i is {@code first + i}. */
  private static NewTensor counting(String name, int first, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = first + i;
    }
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    return new NewTensor(name, DType.F32, sizes, () -> MemorySegment.ofArray(values));
  }

  private GgufFile converted(String config, NewTensor... tensors) throws IOException {
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), List.of(tensors));
    Files.writeString(folder.resolve("config.json"), config);
    Path file = folder.resolve("model.gguf");
    GgufConversion.convert(folder, file);
    return GgufFile.read(file);
  }

  /** 2 heads of 4 features, 1 key/value head; LM head tied to the embedding. */
  private GgufFile llama() throws IOException {
    return converted(
        """
        {"model_type": "llama", "num_hidden_layers": 1, "hidden_size": 8, "num_attention_heads": 2,
         "num_key_value_heads": 1, "intermediate_size": 6, "vocab_size": 5, "rms_norm_eps": 1e-5,
         "rope_theta": 5000.0, "max_position_embeddings": 16}
        """,
        counting("model.embed_tokens.weight", 0, 5, 8),
        counting("model.layers.0.input_layernorm.weight", 10, 8),
        counting("model.layers.0.self_attn.q_proj.weight", 0, 8, 8),
        counting("model.layers.0.self_attn.k_proj.weight", 0, 4, 8),
        counting("model.layers.0.self_attn.v_proj.weight", 0, 4, 8),
        counting("model.layers.0.self_attn.o_proj.weight", 0, 8, 8),
        counting("model.layers.0.post_attention_layernorm.weight", 20, 8),
        counting("model.layers.0.mlp.gate_proj.weight", 0, 6, 8),
        counting("model.layers.0.mlp.up_proj.weight", 0, 6, 8),
        counting("model.layers.0.mlp.down_proj.weight", 0, 8, 6),
        counting("model.norm.weight", 30, 8));
  }

  /** Returns the source row of each row; a row's first element is its source row times 8. */
  private static List<Integer> rows(GgufFile.GgufTensor tensor, int count) {
    return IntStream.range(0, count).mapToObj(r -> (int) tensor.f32(8 * r) / 8).toList();
  }

  @Test
  void permutesRotaryRows() throws IOException {
    GgufFile file = llama();
    // Hugging Face pairs features 0 and 2, 1 and 3 of a head of 4; llama.cpp pairs neighbours.
    assertEquals(
        List.of(0, 2, 1, 3, 4, 6, 5, 7), rows(file.tensors().get("blk.0.attn_q.weight"), 8));
    assertEquals(List.of(0, 2, 1, 3), rows(file.tensors().get("blk.0.attn_k.weight"), 4));
    assertEquals(List.of(0, 1, 2, 3), rows(file.tensors().get("blk.0.attn_v.weight"), 4));
  }

  @Test
  void llamaSettingsAndShapes() throws IOException {
    GgufFile file = llama();
    assertEquals("llama", file.metadata().get("general.architecture"));
    assertEquals("llama", file.metadata().get("tokenizer.ggml.model"));
    int vocab = (int) file.metadata().get("llama.vocab_size");
    assertEquals(
        IntStream.range(0, vocab).mapToObj(id -> "t" + id).toList(),
        file.metadata().get("tokenizer.ggml.tokens"));
    assertEquals(1, file.metadata().get("llama.attention.head_count_kv"));
    assertEquals(4, file.metadata().get("llama.rope.dimension_count"));
    assertEquals(5000f, file.metadata().get("llama.rope.freq_base"));
    assertEquals(1e-5f, file.metadata().get("llama.attention.layer_norm_rms_epsilon"));
    assertEquals(List.of(6L, 8L), file.tensors().get("blk.0.ffn_down.weight").sizes());
    assertEquals(37f, file.tensors().get("output_norm.weight").f32(7));
    assertFalse(
        file.tensors().containsKey("output.weight"), "the tied LM head is not stored again");
  }

  @Test
  void gpt2WeightsAreTransposed() throws IOException {
    GgufFile file =
        converted(
            """
            {"model_type": "gpt2", "n_layer": 1, "n_embd": 2, "n_head": 1, "vocab_size": 3,
             "n_positions": 4, "layer_norm_epsilon": 1e-5}
            """,
            counting("wte.weight", 0, 3, 2),
            counting("wpe.weight", 0, 4, 2),
            counting("h.0.ln_1.weight", 1, 2),
            counting("h.0.ln_1.bias", 2, 2),
            counting("h.0.attn.c_attn.weight", 0, 2, 6),
            counting("h.0.attn.c_attn.bias", 3, 6),
            counting("h.0.attn.c_proj.weight", 0, 2, 2),
            counting("h.0.attn.c_proj.bias", 4, 2),
            counting("h.0.ln_2.weight", 5, 2),
            counting("h.0.ln_2.bias", 6, 2),
            counting("h.0.mlp.c_fc.weight", 0, 2, 8),
            counting("h.0.mlp.c_fc.bias", 7, 8),
            counting("h.0.mlp.c_proj.weight", 0, 8, 2),
            counting("h.0.mlp.c_proj.bias", 8, 2),
            counting("ln_f.weight", 9, 2),
            counting("ln_f.bias", 10, 2));
    GgufFile.GgufTensor qkv = file.tensors().get("blk.0.attn_qkv.weight");
    assertEquals(List.of(2L, 6L), qkv.sizes());
    // Element (i, o) of the source [in, out] is 6 i + o; the result is [out, in].
    for (int o = 0; o < 6; o++) {
      for (int i = 0; i < 2; i++) {
        assertEquals(6 * i + o, qkv.f32(2 * o + i));
      }
    }
    assertEquals(14f, file.tensors().get("blk.0.ffn_up.bias").f32(7));
    assertEquals(8, file.metadata().get("gpt2.feed_forward_length"));
  }

  @Test
  void refusesUnknownArchitecturesAndSettings() throws IOException {
    new RandomCheckpoint(1, 32, 2, 16, 50, 16, DType.F16, 1).write(folder);
    Path file = folder.resolve("model.gguf");
    var e =
        assertThrows(IllegalArgumentException.class, () -> GgufConversion.convert(folder, file));
    assertEquals(
        folder + "/config.json: model_type: expected gpt2 or llama, found \"gptj\"",
        e.getMessage());
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "llama", "num_hidden_layers": 1, "hidden_size": 8, "num_attention_heads": 2,
         "num_key_value_heads": 1, "intermediate_size": 6, "vocab_size": 5,
         "max_position_embeddings": 16, "rope_scaling": {"rope_type": "llama3"}}
        """);
    e = assertThrows(IllegalArgumentException.class, () -> GgufConversion.convert(folder, file));
    assertEquals(
        "config.json: rope_scaling: expected none, found {\"rope_type\":\"llama3\"}",
        e.getMessage());
  }
}
