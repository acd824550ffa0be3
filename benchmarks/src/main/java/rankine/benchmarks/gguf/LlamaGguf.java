package rankine.benchmarks.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import rankine.benchmarks.gguf.GgufValue.GgufCount;
import rankine.benchmarks.gguf.GgufValue.GgufReal;
import rankine.benchmarks.gguf.GgufValue.GgufText;
import rankine.benchmarks.gguf.GgufValue.GgufTexts;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.NewTensor;

/**
 * llama.cpp's layout of LLaMA. Its rotary embedding pairs features 2i and 2i + 1 of a head, Hugging
 * Face's pairs i and i + half, so the rows of the query and key projections are permuted.
 */
record LlamaGguf(
    int layers,
    int width,
    int heads,
    int kvHeads,
    int headDim,
    int inner,
    int vocab,
    int positions,
    float epsilon,
    float theta)
    implements GgufLayout {

  /** Reads the sizes from config.json. */
  LlamaGguf(JsonNode config) {
    this(
        ConfigReader.count(config, "num_hidden_layers"),
        ConfigReader.count(config, "hidden_size"),
        ConfigReader.count(config, "num_attention_heads"),
        ConfigReader.count(config, "num_key_value_heads"),
        ConfigReader.count(config, "hidden_size")
            / ConfigReader.count(config, "num_attention_heads"),
        ConfigReader.count(config, "intermediate_size"),
        ConfigReader.count(config, "vocab_size"),
        ConfigReader.count(config, "max_position_embeddings"),
        (float) config.path("rms_norm_eps").asDouble(1e-6),
        (float) config.path("rope_theta").asDouble(10000));
    ConfigReader.mustBeAbsent(config, "head_dim");
    ConfigReader.mustBeAbsent(config, "rope_scaling");
  }

  @Override
  public Map<String, GgufValue> metadata() {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    values.put("general.architecture", new GgufText("llama"));
    values.put("llama.block_count", new GgufCount(layers));
    values.put("llama.embedding_length", new GgufCount(width));
    values.put("llama.feed_forward_length", new GgufCount(inner));
    values.put("llama.context_length", new GgufCount(positions));
    values.put("llama.vocab_size", new GgufCount(vocab));
    values.put("llama.attention.head_count", new GgufCount(heads));
    values.put("llama.attention.head_count_kv", new GgufCount(kvHeads));
    values.put("llama.attention.layer_norm_rms_epsilon", new GgufReal(epsilon));
    values.put("llama.rope.dimension_count", new GgufCount(headDim));
    values.put("llama.rope.freq_base", new GgufReal(theta));
    // A stand-in vocabulary: llama.cpp's server turns every id into text.
    values.put("tokenizer.ggml.model", new GgufText("llama"));
    values.put(
        "tokenizer.ggml.tokens",
        new GgufTexts(IntStream.range(0, vocab).mapToObj(id -> "t" + id).toList()));
    return values;
  }

  @Override
  public List<NewTensor> tensors(Checkpoint checkpoint) {
    SourceTensors all = new SourceTensors(checkpoint);
    int kvWidth = kvHeads * headDim;
    int queryWidth = heads * headDim;
    all.matrix("model.embed_tokens.weight", "token_embd.weight", vocab, width);
    for (int l = 0; l < layers; l++) {
      String from = "model.layers." + l + ".";
      String to = "blk." + l + ".";
      all.vector(from + "input_layernorm.weight", to + "attn_norm.weight", width);
      all.rows(
          from + "self_attn.q_proj.weight",
          to + "attn_q.weight",
          queryWidth,
          width,
          this::rotaryRow);
      all.rows(
          from + "self_attn.k_proj.weight", to + "attn_k.weight", kvWidth, width, this::rotaryRow);
      all.matrix(from + "self_attn.v_proj.weight", to + "attn_v.weight", kvWidth, width);
      all.matrix(from + "self_attn.o_proj.weight", to + "attn_output.weight", width, queryWidth);
      all.vector(from + "post_attention_layernorm.weight", to + "ffn_norm.weight", width);
      all.matrix(from + "mlp.gate_proj.weight", to + "ffn_gate.weight", inner, width);
      all.matrix(from + "mlp.up_proj.weight", to + "ffn_up.weight", inner, width);
      all.matrix(from + "mlp.down_proj.weight", to + "ffn_down.weight", width, inner);
    }
    all.vector("model.norm.weight", "output_norm.weight", width);
    if (all.has("lm_head.weight")) { // without it llama.cpp ties the head to the embedding
      all.matrix("lm_head.weight", "output.weight", vocab, width);
    }
    return all.all();
  }

  /** Returns the row of Hugging Face's query or key projection that is row {@code r} here. */
  private int rotaryRow(int r) {
    int feature = r % headDim;
    return r - feature + feature / 2 + feature % 2 * (headDim / 2);
  }
}
