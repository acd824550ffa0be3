package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.RowBlocks;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;

/**
 * GPT-NeoX (Black et al. 2022) and Pythia, with the semantics of Hugging Face's {@code
 * GPTNeoXForCausalLM}: LayerNorms before attention and before the MLP, in parallel or one after the
 * other, rotary position embeddings on the first part of each head, biases everywhere but in the LM
 * head. The rows of query_key_value are [heads][query, key, value][headDim].
 */
record GptNeoX(ModelConfig sizes, float epsilon, boolean parallel, RotaryFrequencies rotary)
    implements Architecture {
  static GptNeoX read(Settings s) {
    s.oneOf("hidden_act", "gelu", List.of("gelu"));
    s.require("attention_bias", true);
    s.require("tie_word_embeddings", false);
    int hiddenSize = SizeSettings.width(s, "hidden_size");
    int heads = SizeSettings.heads(s, "num_attention_heads", "hidden_size", hiddenSize);
    int headDim = hiddenSize / heads;
    int rotaryDim = RopeScaling.rotaryDim(s, "rotary_pct", 0.25, headDim);
    ModelConfig sizes =
        ModelConfig.multiHead(
            s.text("model_type"),
            s.count("num_hidden_layers"),
            hiddenSize,
            heads,
            SizeSettings.width(s, "intermediate_size"),
            s.count("vocab_size"),
            s.count("max_position_embeddings"));
    return new GptNeoX(
        sizes,
        SizeSettings.epsilon(s, "layer_norm_eps", 1e-5),
        s.flag("use_parallel_residual", true),
        RopeScaling.read(s, rotaryDim, s.number("rotary_emb_base", RopeScaling.DEFAULT_THETA)));
  }

  @Override
  public Model build(Weights w) {
    int heads = sizes.heads();
    int fused = 3 * sizes.hiddenSize();
    RowBlocks q = RowBlocks.ofHeads(0, 3, heads, sizes.headDim());
    RowBlocks k = RowBlocks.ofHeads(1, 3, heads, sizes.headDim());
    RowBlocks v = RowBlocks.ofHeads(2, 3, heads, sizes.headDim());
    AttentionScores scores = AttentionScores.ofHeadDim(sizes.headDim());

    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(epsilon), w);
    Slot mlpInput = Slot.tokens("mlp_input", sizes.hiddenSize());
    d.embedding().embed("gpt_neox.embed_in", sizes.vocabSize(), false, d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      ProgramBuilder block = d.layer("gpt_neox.layers." + l + ".");
      block
          .layerNorm("input_layernorm", d.residual, d.normed)
          .biasedFusedLinear(Module.Q_PROJ, "attention.query_key_value", fused, q, d.normed, d.q)
          .biasedFusedLinear(Module.K_PROJ, "attention.query_key_value", fused, k, d.normed, d.k)
          .biasedFusedLinear(Module.V_PROJ, "attention.query_key_value", fused, v, d.normed, d.v)
          .rotary(d.q, d.k, rotary, Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, heads, scores, d.attnOut);
      if (parallel) { // the MLP reads the residual before attention is added
        block.layerNorm("post_attention_layernorm", d.residual, mlpInput);
      }
      block.addBiasedLinear(Module.OUT_PROJ, "attention.dense", d.attnOut, d.residual);
      if (!parallel) {
        block.layerNorm("post_attention_layernorm", d.residual, mlpInput);
      }
      block
          .biasedLinear(Module.FC_IN, "mlp.dense_h_to_4h", mlpInput, d.mlpHidden)
          .activation(ActivationFunction.GELU_ERF, d.mlpHidden)
          .addBiasedLinear(Module.FC_OUT, "mlp.dense_4h_to_h", d.mlpHidden, d.residual);
    }
    d.head()
        .gatherRows(d.residual, d.finalHidden)
        .layerNorm("gpt_neox.final_layer_norm", d.finalHidden, d.finalHidden)
        .lmHead("embed_out", d.finalHidden, d.logits);
    return d.model();
  }
}
