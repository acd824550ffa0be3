package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;

/**
 * OPT (Zhang et al. 2022), with the semantics of Hugging Face's {@code OPTForCausalLM}: GPT-2's
 * block with ReLU and separate q, k and v; the table of positions begins with two unused rows.
 */
record Opt(ModelConfig sizes, boolean tied) implements Architecture {
  /** PyTorch's default; config.json has none. */
  private static final float EPSILON = 1e-5f;

  /** Rows before that of position 0. */
  private static final int POSITION_OFFSET = 2;

  static Opt read(Settings s) {
    s.oneOf("activation_function", "relu", List.of("relu"));
    s.require("do_layer_norm_before", true); // false for opt-350m only
    s.require("enable_bias", true);
    s.require("layer_norm_elementwise_affine", true);
    s.require("_remove_final_layer_norm", false);
    s.ignore("init_std", "layerdrop"); // for training
    int hiddenSize = SizeSettings.width(s, "hidden_size");
    s.require("word_embed_proj_dim", hiddenSize);
    int heads = SizeSettings.heads(s, "num_attention_heads", "hidden_size", hiddenSize);
    ModelConfig sizes =
        ModelConfig.multiHead(
            s.text("model_type"),
            s.count("num_hidden_layers"),
            hiddenSize,
            heads,
            SizeSettings.width(s, "ffn_dim"),
            s.count("vocab_size"),
            s.count("max_position_embeddings"));
    return new Opt(sizes, s.flag("tie_word_embeddings", true));
  }

  @Override
  public Model build(Weights w) {
    AttentionScores scores = AttentionScores.ofHeadDim(sizes.headDim());
    // Early files were saved without the language model around the decoder.
    String root = w.has("model.decoder.embed_tokens.weight") ? "model.decoder." : "decoder.";
    String table = root + "embed_tokens";
    int positions = sizes.contextLength();

    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(EPSILON), w);
    d.embedding()
        .embed(table, sizes.vocabSize(), tied, d.residual)
        .addPosition(root + "embed_positions", positions, POSITION_OFFSET, d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      d.layer(root + "layers." + l + ".")
          .layerNorm("self_attn_layer_norm", d.residual, d.normed)
          .biasedQkv("self_attn", d.normed, d.q, d.k, d.v)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores, d.attnOut)
          .addBiasedLinear(Module.OUT_PROJ, "self_attn.out_proj", d.attnOut, d.residual)
          .layerNorm("final_layer_norm", d.residual, d.normed)
          .biasedLinear(Module.FC_IN, "fc1", d.normed, d.mlpHidden)
          .activation(ActivationFunction.RELU, d.mlpHidden)
          .addBiasedLinear(Module.FC_OUT, "fc2", d.mlpHidden, d.residual);
    }
    d.head()
        .gatherRows(d.residual, d.finalHidden)
        .layerNorm(root + "final_layer_norm", d.finalHidden, d.finalHidden)
        .lmHead(tied ? table : "lm_head", d.finalHidden, d.logits);
    return d.model();
  }
}
