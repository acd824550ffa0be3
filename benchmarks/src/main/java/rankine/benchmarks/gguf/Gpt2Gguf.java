package rankine.benchmarks.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.benchmarks.gguf.GgufValue.GgufCount;
import rankine.benchmarks.gguf.GgufValue.GgufReal;
import rankine.benchmarks.gguf.GgufValue.GgufText;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.NewTensor;

/** llama.cpp's layout of GPT-2: weights [out, in], the LM head tied to the embedding. */
record Gpt2Gguf(int layers, int width, int heads, int vocab, int positions, float epsilon)
    implements GgufLayout {

  /** Reads the sizes from config.json. */
  Gpt2Gguf(JsonNode config) {
    this(
        ConfigReader.count(config, "n_layer"),
        ConfigReader.count(config, "n_embd"),
        ConfigReader.count(config, "n_head"),
        ConfigReader.count(config, "vocab_size"),
        ConfigReader.count(config, "n_positions"),
        (float) config.path("layer_norm_epsilon").asDouble(1e-5));
    ConfigReader.mustBeAbsent(config, "n_inner");
  }

  @Override
  public Map<String, GgufValue> metadata() {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    values.put("general.architecture", new GgufText("gpt2"));
    values.put("gpt2.block_count", new GgufCount(layers));
    values.put("gpt2.embedding_length", new GgufCount(width));
    values.put("gpt2.feed_forward_length", new GgufCount(4 * width));
    values.put("gpt2.context_length", new GgufCount(positions));
    values.put("gpt2.vocab_size", new GgufCount(vocab));
    values.put("gpt2.attention.head_count", new GgufCount(heads));
    values.put("gpt2.attention.layer_norm_epsilon", new GgufReal(epsilon));
    values.put("tokenizer.ggml.model", new GgufText("no_vocab"));
    return values;
  }

  @Override
  public List<NewTensor> tensors(Checkpoint checkpoint) {
    SourceTensors all = new SourceTensors(checkpoint);
    String root = all.has("transformer.wte.weight") ? "transformer." : "";
    all.matrix(root + "wte.weight", "token_embd.weight", vocab, width);
    all.matrix(root + "wpe.weight", "position_embd.weight", positions, width);
    for (int l = 0; l < layers; l++) {
      String from = root + "h." + l + ".";
      String to = "blk." + l + ".";
      norm(all, from + "ln_1", to + "attn_norm");
      conv1d(all, from + "attn.c_attn", to + "attn_qkv", width, 3 * width);
      conv1d(all, from + "attn.c_proj", to + "attn_output", width, width);
      norm(all, from + "ln_2", to + "ffn_norm");
      conv1d(all, from + "mlp.c_fc", to + "ffn_up", width, 4 * width);
      conv1d(all, from + "mlp.c_proj", to + "ffn_down", 4 * width, width);
    }
    norm(all, root + "ln_f", "output_norm");
    return all.all();
  }

  private void norm(SourceTensors all, String from, String to) {
    all.vector(from + ".weight", to + ".weight", width);
    all.vector(from + ".bias", to + ".bias", width);
  }

  private static void conv1d(SourceTensors all, String from, String to, int in, int out) {
    all.transposed(from + ".weight", to + ".weight", in, out);
    all.vector(from + ".bias", to + ".bias", out);
  }
}
