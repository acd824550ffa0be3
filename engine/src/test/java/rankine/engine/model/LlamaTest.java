package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.checkpoint.Checkpoint;
import rankine.testdata.TestData;

/** Compares variants of LLaMA checkpoints with a float64 reference implementation. */
class LlamaTest {
  private static final int[] IDS = {1, 30, 2, 2, 17, 0, 5, 31, 9, 12, 4};
  private static final int LAYERS = 2;
  private static final int VOCAB = 32;

  @TempDir private Path folder;

  /** Returns a random model; the residual stream has 24 features, the MLP 20. */
  private static TestCheckpoint random(int heads, int kvHeads, int headDim, boolean tied) {
    Random random = new Random(heads * 100 + kvHeads * 10 + headDim);
    TestCheckpoint c = TestCheckpoint.empty();
    c.set("model_type", "\"llama\"").set("hidden_size", "24").set("intermediate_size", "20");
    c.set("num_hidden_layers", "" + LAYERS).set("num_attention_heads", "" + heads);
    c.set("num_key_value_heads", "" + kvHeads).set("head_dim", "" + headDim);
    c.set("vocab_size", "" + VOCAB).set("max_position_embeddings", "4096");
    c.set("rms_norm_eps", "1e-3").set("rope_theta", "100.0").set("tie_word_embeddings", "" + tied);
    c.random(random, "model.embed_tokens.weight", 1, VOCAB, 24);
    for (int l = 0; l < LAYERS; l++) {
      String at = "model.layers." + l + ".";
      c.random(random, at + "input_layernorm.weight", 2, 24);
      c.random(random, at + "self_attn.q_proj.weight", 0.5, heads * headDim, 24);
      c.random(random, at + "self_attn.k_proj.weight", 0.5, kvHeads * headDim, 24);
      c.random(random, at + "self_attn.v_proj.weight", 0.5, kvHeads * headDim, 24);
      c.random(random, at + "self_attn.o_proj.weight", 0.5, 24, heads * headDim);
      c.random(random, at + "post_attention_layernorm.weight", 2, 24);
      c.random(random, at + "mlp.gate_proj.weight", 0.5, 20, 24);
      c.random(random, at + "mlp.up_proj.weight", 0.5, 20, 24);
      c.random(random, at + "mlp.down_proj.weight", 0.5, 24, 20);
    }
    c.random(random, "model.norm.weight", 2, 24);
    if (!tied) {
      c.random(random, "lm_head.weight", 1, VOCAB, 24);
    }
    return c;
  }

  private void assertAsReference(
      TestCheckpoint c, int heads, int kvHeads, double[] inverse, boolean tied) throws IOException {
    String head = tied ? "model.embed_tokens.weight" : "lm_head.weight";
    double[][] expected =
        new ReferenceLlama(c.tensors, LAYERS, heads, kvHeads, 1e-3, inverse, head).logits(IDS);
    float[][] found = Run.logits(c.write(folder), IDS);
    for (int t = 0; t < IDS.length; t++) {
      Run.assertClose(expected[t], found[t], 1e-4);
    }
  }

  /** Returns theta^(-2i/headDim). */
  private static double[] inverse(double theta, int headDim) {
    double[] inverse = new double[headDim / 2];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = Math.pow(theta, -2.0 * i / headDim);
    }
    return inverse;
  }

  @Test
  void explicitHeadSize() throws IOException {
    // 4 heads of 10 features with a residual stream of 24.
    assertAsReference(random(4, 2, 10, false), 4, 2, inverse(100, 10), false);
  }

  @Test
  void headSizeFromTheHiddenSize() throws IOException {
    TestCheckpoint c = random(4, 2, 6, false).set("head_dim", null);
    assertAsReference(c, 4, 2, inverse(100, 6), false);
    c.set("head_dim", "null");
    assertAsReference(c, 4, 2, inverse(100, 6), false);
  }

  @Test
  void multiQueryAttention() throws IOException {
    assertAsReference(random(3, 1, 8, true), 3, 1, inverse(100, 8), true);
  }

  @Test
  void keyValueHeadsDefaultToHeads() throws IOException {
    TestCheckpoint c = random(4, 4, 6, true).set("num_key_value_heads", null);
    assertAsReference(c, 4, 4, inverse(100, 6), true);
  }

  @Test
  void storedHeadOfATiedModelIsIgnored() throws IOException {
    TestCheckpoint c = random(4, 2, 6, true);
    c.random(new Random(9), "lm_head.weight", 1, VOCAB, 24);
    assertAsReference(c, 4, 2, inverse(100, 6), true);
  }

  @Test
  void frequencyBuffersAreIgnored() throws IOException {
    TestCheckpoint c = random(4, 2, 6, false);
    c.random(new Random(9), "model.layers.0.self_attn.rotary_emb.inv_freq", 1, 3);
    assertAsReference(c, 4, 2, inverse(100, 6), false);
  }

  @Test
  void linearRopeScaling() throws IOException {
    TestCheckpoint c = random(4, 2, 6, false);
    c.set("rope_scaling", "{\"type\":\"linear\",\"factor\":3.0}");
    double[] inverse = inverse(100, 6);
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] /= 3;
    }
    assertAsReference(c, 4, 2, inverse, false);
  }

  @Test
  void readsTheSizes() throws IOException {
    Path written = random(4, 2, 10, false).write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(written)) {
      ModelConfig sizes = Architectures.config(checkpoint);
      assertEquals(new ModelConfig("llama", LAYERS, 24, 4, 2, 10, 20, VOCAB, 4096), sizes);
    }
  }

  @Test
  void goldenWithExplicitHeadSize() throws IOException {
    float[][] golden = Run.logits(TestData.model("llama-bf16"), IDS);
    TestCheckpoint c = TestCheckpoint.golden("llama-bf16").set("head_dim", "8");
    assertArrayEquals(golden, Run.logits(c.write(folder), IDS));
  }
}
