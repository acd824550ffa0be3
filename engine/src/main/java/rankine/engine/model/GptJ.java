package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * GPT-J (Wang and Komatsuzaki 2021), with the semantics of Hugging Face's {@code GPTJForCausalLM}:
 * one LayerNorm per block, attention and MLP in parallel on its output, rotary position embeddings
 * on interleaved feature pairs, an LM head with bias.
 */
record GptJ(ModelConfig sizes, float epsilon, boolean tied, RotaryFrequencies rotary)
    implements Architecture {
  private static final double ROTARY_BASE = 10000;

  static GptJ read(Settings s) {
    s.oneOf("activation_function", "gelu_new", List.of("gelu_new", "gelu_pytorch_tanh"));
    s.require("rotary", true);
    s.require("scale_attn_weights", true);
    s.optionalCount("n_ctx"); // the old name of n_positions
    int hiddenSize = SizeSettings.width(s, "n_embd");
    int heads = SizeSettings.heads(s, "n_head", "n_embd", hiddenSize);
    int headDim = hiddenSize / heads;
    int rotaryDim = s.nullableCount("rotary_dim", 64).orElse(0);
    if (rotaryDim == 0 || rotaryDim > headDim || rotaryDim % 2 != 0) {
      throw s.unsupported("rotary_dim", "an even number up to the head size " + headDim);
    }
    ModelConfig sizes =
        ModelConfig.multiHead(
            s.text("model_type"),
            s.count("n_layer"),
            hiddenSize,
            heads,
            SizeSettings.width(s, "n_inner", 4 * hiddenSize),
            s.count("vocab_size"),
            s.count("n_positions"));
    return new GptJ(
        sizes,
        SizeSettings.epsilon(s, "layer_norm_epsilon", 1e-5),
        s.flag("tie_word_embeddings", false),
        RotaryFrequencies.of(ROTARY_BASE, rotaryDim));
  }

  @Override
  public Model build(Weights w) {
    int heads = sizes.heads();
    AttentionScores scores = AttentionScores.ofHeadDim(sizes.headDim());
    String wte = "transformer.wte";

    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(epsilon), w);
    d.embedding().embed(wte, sizes.vocabSize(), tied, d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      d.layer("transformer.h." + l + ".")
          .layerNorm("ln_1", d.residual, d.normed)
          .qkv("attn", d.normed, d.q, d.k, d.v)
          .rotary(d.q, d.k, rotary, Op.Pairing.INTERLEAVED)
          .appendKv(d.k, d.v)
          .attention(d.q, heads, scores, d.attnOut)
          .addLinear(Module.OUT_PROJ, "attn.out_proj", d.attnOut, d.residual)
          .biasedLinear(Module.FC_IN, "mlp.fc_in", d.normed, d.mlpHidden)
          .activation(ActivationFunction.GELU_TANH, d.mlpHidden)
          .addBiasedLinear(Module.FC_OUT, "mlp.fc_out", d.mlpHidden, d.residual);
    }
    d.head()
        .gatherRows(d.residual, d.finalHidden)
        .layerNorm("transformer.ln_f", d.finalHidden, d.finalHidden)
        .lmHead(tied ? wte : "lm_head", "lm_head.bias", d.finalHidden, d.logits);
    return d.model();
  }
}
