package rankine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.checkpoint.NewTensor;
import rankine.kernels.DType;

/**
 * A LLaMA checkpoint of random weights, as Hugging Face's {@code LlamaForCausalLM} would store it.
 *
 * @param width hidden size
 * @param kvHeads key/value heads, each shared by {@code heads / kvHeads} query heads
 * @param inner hidden size of the MLP
 * @param positions context length
 * @param seed equal seeds give equal bytes
 */
public record RandomLlama(
    int layers,
    int width,
    int heads,
    int kvHeads,
    int inner,
    int vocab,
    int positions,
    DType dtype,
    long seed)
    implements RandomModel {

  /** The LLaMA of the benchmarks: 12 × 768, F16. */
  public static final RandomLlama DEFAULT =
      new RandomLlama(12, 768, 12, 4, 2048, 32000, 2048, DType.F16, 3);

  /** Checks the sizes. */
  public RandomLlama {
    if (layers < 1 || inner < 1 || vocab < 1 || positions < 1 || kvHeads < 1) {
      throw new IllegalArgumentException("sizes: expected positive numbers");
    }
    if (heads < 1 || width < heads || width % (2 * heads) != 0) {
      throw new IllegalArgumentException(
          "width: expected a multiple of twice the heads %d, found %d".formatted(heads, width));
    }
    if (heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "kvHeads: expected a divisor of heads %d, found %d".formatted(heads, kvHeads));
    }
  }

  @Override
  public String name() {
    return "llama-%dx%d-h%d-k%d-i%d-v%d-p%d-%s-s%d"
        .formatted(layers, width, heads, kvHeads, inner, vocab, positions, dtype, seed);
  }

  @Override
  public ObjectNode config() {
    return new ObjectMapper()
        .createObjectNode()
        .put("model_type", "llama")
        .put("hidden_act", "silu")
        .put("rms_norm_eps", 1e-5)
        .put("num_hidden_layers", layers)
        .put("hidden_size", width)
        .put("intermediate_size", inner)
        .put("num_attention_heads", heads)
        .put("num_key_value_heads", kvHeads)
        .put("rope_theta", 10000.0)
        .put("vocab_size", vocab)
        .put("max_position_embeddings", positions)
        .put("tie_word_embeddings", false)
        .put("bos_token_id", 1)
        .put("eos_token_id", 2);
  }

  @Override
  public List<NewTensor> tensors() {
    long kvWidth = (long) width / heads * kvHeads;
    RandomTensors all = new RandomTensors(dtype, seed);
    all.add("model.embed_tokens.weight", vocab, width);
    for (int l = 0; l < layers; l++) {
      String at = "model.layers." + l + ".";
      all.addScale(at + "input_layernorm.weight", width);
      all.add(at + "self_attn.q_proj.weight", width, width);
      all.add(at + "self_attn.k_proj.weight", kvWidth, width);
      all.add(at + "self_attn.v_proj.weight", kvWidth, width);
      all.add(at + "self_attn.o_proj.weight", width, width);
      all.addScale(at + "post_attention_layernorm.weight", width);
      all.add(at + "mlp.gate_proj.weight", inner, width);
      all.add(at + "mlp.up_proj.weight", inner, width);
      all.add(at + "mlp.down_proj.weight", width, inner);
    }
    all.addScale("model.norm.weight", width);
    all.add("lm_head.weight", vocab, width);
    return all.all();
  }
}
