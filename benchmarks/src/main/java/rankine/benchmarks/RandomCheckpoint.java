package rankine.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.SafetensorsWriter;
import rankine.kernels.DType;

/**
 * A GPT-J checkpoint of random weights, as Hugging Face's {@code GPTJForCausalLM} would store it:
 * config.json and model.safetensors. All values are N(0, 0.02²), those of a norm's scale around 1
 * so that activations are as large as a trained model's. No tokenizer.
 *
 * <p>{@link RandomCheckpointCommand} is the program.
 *
 * @param width features of the residual stream
 * @param rotary features of a head that rotate
 * @param positions the context length
 * @param seed the same seed gives the same bytes
 */
public record RandomCheckpoint(
    int layers,
    int width,
    int heads,
    int rotary,
    int vocab,
    int positions,
    DType dtype,
    long seed) {

  /** The model of the side-by-side runs: GPT-J, 12 × 768, F16. */
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

  /** Writes the checkpoint to {@code directory}; config.json comes last. */
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    SafetensorsWriter.write(directory.resolve("model.safetensors"), Map.of(), tensors());
    Path unfinished = directory.resolve("config.json.tmp");
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(unfinished.toFile(), config());
    Files.move(unfinished, directory.resolve("config.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A folder name that says what is in it. */
  public String name() {
    return "gptj-%dx%d-h%d-r%d-v%d-p%d-%s-s%d"
        .formatted(layers, width, heads, rotary, vocab, positions, dtype, seed);
  }

  private ObjectNode config() {
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

  private List<NewTensor> tensors() {
    long inner = 4L * width;
    long d = width;
    List<NewTensor> all = new ArrayList<>();
    add(all, "transformer.wte.weight", 0, (long) vocab, d);
    for (int l = 0; l < layers; l++) {
      String at = "transformer.h." + l + ".";
      add(all, at + "ln_1.weight", 1, d);
      add(all, at + "ln_1.bias", 0, d);
      for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        add(all, at + "attn." + projection + ".weight", 0, d, d);
      }
      add(all, at + "mlp.fc_in.weight", 0, inner, d);
      add(all, at + "mlp.fc_in.bias", 0, inner);
      add(all, at + "mlp.fc_out.weight", 0, d, inner);
      add(all, at + "mlp.fc_out.bias", 0, d);
    }
    add(all, "transformer.ln_f.weight", 1, d);
    add(all, "transformer.ln_f.bias", 0, d);
    add(all, "lm_head.weight", 0, (long) vocab, d);
    add(all, "lm_head.bias", 0, (long) vocab);
    return all;
  }

  private void add(List<NewTensor> all, String name, double mean, Long... shape) {
    int index = all.size();
    all.add(new NewTensor(name, dtype, List.of(shape), () -> values(index, mean, shape)));
  }

  /** The values of tensor {@code index}, N(mean, {@link RandomMatrix#DEVIATION}). */
  private MemorySegment values(int index, double mean, Long... shape) {
    // java.util.Random, for its algorithm is part of its specification.
    Random random = new Random(31 * seed + index);
    long count = List.of(shape).stream().reduce(1L, Math::multiplyExact);
    MemorySegment data = Arena.ofAuto().allocate(count * dtype.bytes());
    for (long i = 0; i < count; i++) {
      double value = mean + RandomMatrix.DEVIATION * random.nextGaussian();
      RandomMatrix.put(data, dtype, i, (float) value);
    }
    return data;
  }
}
