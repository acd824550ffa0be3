package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.RowBlocks;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;

/**
 * GPT-2 (Radford et al. 2019), with the semantics of Hugging Face's {@code GPT2LMHeadModel}:
 * learned position embeddings, pre-LayerNorm before attention and before the MLP, weights stored as
 * Conv1D ([in, out]), LM head tied to the token embedding.
 */
record Gpt2(ModelConfig sizes, float epsilon, boolean tied) implements Architecture {
  static Gpt2 read(Settings s) {
    s.oneOf("activation_function", "gelu_new", List.of("gelu_new", "gelu_pytorch_tanh"));
    s.require("scale_attn_weights", true);
    s.require("scale_attn_by_inverse_layer_idx", false);
    s.require("add_cross_attention", false);
    s.optionalFlag("reorder_and_upcast_attn"); // affects precision only
    s.optionalCount("n_ctx"); // the old name of n_positions
    int hiddenSize = SizeSettings.width(s, "n_embd");
    int heads = SizeSettings.heads(s, "n_head", "n_embd", hiddenSize);
    ModelConfig sizes =
        ModelConfig.multiHead(
            s.text("model_type"),
            s.count("n_layer"),
            hiddenSize,
            heads,
            SizeSettings.width(s, "n_inner", 4 * hiddenSize),
            s.count("vocab_size"),
            s.count("n_positions"));
    return new Gpt2(
        sizes,
        SizeSettings.epsilon(s, "layer_norm_epsilon", 1e-5),
        s.flag("tie_word_embeddings", true));
  }

  @Override
  public Model build(Weights w) {
    String root = w.has("transformer.wte.weight") ? "transformer." : "";
    int hidden = sizes.hiddenSize();
    AttentionScores scores = AttentionScores.ofHeadDim(sizes.headDim());
    String wte = root + "wte";

    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(epsilon), w);
    d.embedding()
        .embed(wte, sizes.vocabSize(), tied, d.residual)
        .addPosition(root + "wpe", sizes.contextLength(), 0, d.residual);
    RowBlocks q = RowBlocks.range(0, hidden);
    RowBlocks k = RowBlocks.range(hidden, hidden);
    RowBlocks v = RowBlocks.range(2 * hidden, hidden);
    for (int l = 0; l < sizes.layers(); l++) {
      d.layer(root + "h." + l + ".")
          .layerNorm("ln_1", d.residual, d.normed)
          .fusedConv1d(Module.Q_PROJ, "attn.c_attn", 3 * hidden, q, d.normed, d.q)
          .fusedConv1d(Module.K_PROJ, "attn.c_attn", 3 * hidden, k, d.normed, d.k)
          .fusedConv1d(Module.V_PROJ, "attn.c_attn", 3 * hidden, v, d.normed, d.v)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores, d.attnOut)
          .addConv1d(Module.OUT_PROJ, "attn.c_proj", d.attnOut, d.residual)
          .layerNorm("ln_2", d.residual, d.normed)
          .conv1d(Module.FC_IN, "mlp.c_fc", d.normed, d.mlpHidden)
          .activation(ActivationFunction.GELU_TANH, d.mlpHidden)
          .addConv1d(Module.FC_OUT, "mlp.c_proj", d.mlpHidden, d.residual);
    }
    d.head()
        .gatherRows(d.residual, d.finalHidden)
        .layerNorm(root + "ln_f", d.finalHidden, d.finalHidden)
        .lmHead(tied ? wte : "lm_head", d.finalHidden, d.logits);
    return d.model();
  }
}
