package rankine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.checkpoint.NewTensor;
import rankine.kernels.DType;

/**
 * A GPT-J checkpoint of random weights, as Hugging Face's {@code GPTJForCausalLM} would store it.
 *
 * <p>{@link RandomCheckpointCommand} writes it.
 *
 * @param width hidden size
 * @param rotary rotary dimensions of a head
 * @param positions context length
 * @param seed equal seeds give equal bytes
 */
public record RandomCheckpoint(
    int layers, int width, int heads, int rotary, int vocab, int positions, DType dtype, long seed)
    implements RandomModel {

  /** The GPT-J of the benchmarks: 12 × 768, F16. */
  public static final RandomCheckpoint DEFAULT =
      new RandomCheckpoint(12, 768, 12, 64, 50400, 2048, DType.F16, 1);

  /** Checks the sizes. */
  public RandomCheckpoint {
    if (layers < 1 || width < 1 || heads < 1 || vocab < 1 || positions < 1) {
      throw new IllegalArgumentException("sizes: expected positive numbers");
    }
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "heads: expected a divisor of width %d, found %d".formatted(width, heads));
    }
    if (rotary < 2 || rotary % 2 != 0 || rotary > width / heads) {
      throw new IllegalArgumentException(
          "rotary: expected an even number of 2 to %d, found %d".formatted(width / heads, rotary));
    }
  }

  @Override
  public String name() {
    return "gptj-%dx%d-h%d-r%d-v%d-p%d-%s-s%d"
        .formatted(layers, width, heads, rotary, vocab, positions, dtype, seed);
  }

  @Override
  public ObjectNode config() {
    return new ObjectMapper()
        .createObjectNode()
        .put("model_type", "gptj")
        .put("activation_function", "gelu_new")
        .put("layer_norm_epsilon", 1e-5)
        .put("n_layer", layers)
        .put("n_embd", width)
        .put("n_head", heads)
        .put("rotary", true)
        .put("rotary_dim", rotary)
        .put("vocab_size", vocab)
        .put("n_positions", positions)
        .put("tie_word_embeddings", false);
  }

  @Override
  public List<NewTensor> tensors() {
    return tensors(new RandomTensors(dtype, seed));
  }

  /** Adds the tensors to an empty builder. */
  List<NewTensor> tensors(RandomTensors all) {
    long inner = 4L * width;
    long d = width;
    all.add("transformer.wte.weight", vocab, d);
    for (int l = 0; l < layers; l++) {
      String at = "transformer.h." + l + ".";
      all.addScale(at + "ln_1.weight", d);
      all.add(at + "ln_1.bias", d);
      for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        all.add(at + "attn." + projection + ".weight", d, d);
      }
      all.add(at + "mlp.fc_in.weight", inner, d);
      all.add(at + "mlp.fc_in.bias", inner);
      all.add(at + "mlp.fc_out.weight", d, inner);
      all.add(at + "mlp.fc_out.bias", d);
    }
    all.addScale("transformer.ln_f.weight", d);
    all.add("transformer.ln_f.bias", d);
    all.add("lm_head.weight", vocab, d);
    all.add("lm_head.bias", vocab);
    return all.all();
  }
}
