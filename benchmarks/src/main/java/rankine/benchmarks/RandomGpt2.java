package rankine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import rankine.engine.checkpoint.NewTensor;
import rankine.kernels.DType;

/**
 * A GPT-2 checkpoint of random weights in the layout of the original {@code gpt2}: names without
 * the prefix {@code transformer.}, weights [in, out], the LM head tied to the embedding.
 *
 * @param width hidden size
 * @param positions context length
 * @param seed equal seeds give equal bytes
 */
public record RandomGpt2(
    int layers, int width, int heads, int vocab, int positions, DType dtype, long seed)
    implements RandomModel {

  /** The sizes of the smallest GPT-2, F16. */
  public static final RandomGpt2 DEFAULT = new RandomGpt2(12, 768, 12, 50257, 1024, DType.F16, 4);

  /** Checks the sizes. */
  public RandomGpt2 {
    if (layers < 1 || width < 1 || heads < 1 || vocab < 1 || positions < 1) {
      throw new IllegalArgumentException("sizes: expected positive numbers");
    }
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "heads: expected a divisor of width %d, found %d".formatted(width, heads));
    }
  }

  @Override
  public String name() {
    return "gpt2-%dx%d-h%d-v%d-p%d-%s-s%d"
        .formatted(layers, width, heads, vocab, positions, dtype, seed);
  }

  @Override
  public ObjectNode config() {
    return new ObjectMapper()
        .createObjectNode()
        .put("model_type", "gpt2")
        .put("activation_function", "gelu_new")
        .put("layer_norm_epsilon", 1e-5)
        .put("n_layer", layers)
        .put("n_embd", width)
        .put("n_head", heads)
        .put("vocab_size", vocab)
        .put("n_positions", positions)
        .put("n_ctx", positions)
        .put("bos_token_id", vocab - 1)
        .put("eos_token_id", vocab - 1);
  }

  @Override
  public List<NewTensor> tensors() {
    long d = width;
    RandomTensors all = new RandomTensors(dtype, seed);
    all.add("wte.weight", vocab, d);
    all.add("wpe.weight", positions, d);
    for (int l = 0; l < layers; l++) {
      String at = "h." + l + ".";
      addNorm(all, at + "ln_1");
      addConv1d(all, at + "attn.c_attn", d, 3 * d);
      addConv1d(all, at + "attn.c_proj", d, d);
      addNorm(all, at + "ln_2");
      addConv1d(all, at + "mlp.c_fc", d, 4 * d);
      addConv1d(all, at + "mlp.c_proj", 4 * d, d);
    }
    addNorm(all, "ln_f");
    return all.all();
  }

  private void addNorm(RandomTensors all, String name) {
    all.addScale(name + ".weight", width);
    all.add(name + ".bias", width);
  }

  private static void addConv1d(RandomTensors all, String name, long in, long out) {
    all.add(name + ".weight", in, out);
    all.add(name + ".bias", out);
  }
}
