package rankine.engine.model;

import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * Granite 3 (IBM 2024), with the semantics of Hugging Face's {@code GraniteForCausalLM}: LLaMA with
 * multipliers of the embedding, the attention scores and the branches, and a divisor of the logits.
 */
record Granite(
    LlamaSettings shared,
    RotaryFrequencies rotary,
    float embedding,
    AttentionScores scores,
    float branch,
    float logits)
    implements Architecture {
  @Override
  public ModelConfig sizes() {
    return shared.sizes();
  }

  static Granite read(Settings s) {
    LlamaSettings shared = LlamaSettings.readWithoutBiases(s, false);
    return new Granite(
        shared,
        RopeScaling.read(s, shared.sizes().headDim()),
        (float) s.number("embedding_multiplier", 1),
        AttentionScores.scaled((float) s.number("attention_multiplier", 1)),
        (float) s.number("residual_multiplier", 1),
        (float) (1 / s.divisor("logits_scaling", 1)));
  }

  @Override
  public Model build(Weights w) {
    DecoderBuilder d = new DecoderBuilder(sizes(), DecoderBuilder.NormRule.of(shared.epsilon()), w);
    d.embedding()
        .embed(LlamaSettings.TABLE, sizes().vocabSize(), shared.tied(), d.residual)
        .scale(d.residual, embedding);
    for (int l = 0; l < sizes().layers(); l++) {
      d.layer("model.layers." + l + ".")
          .rmsNorm("input_layernorm", d.residual, d.normed)
          .qkv("self_attn", d.normed, d.q, d.k, d.v)
          .rotary(d.q, d.k, rotary, Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes().heads(), scores, d.attnOut)
          .linear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.branch)
          .addScaledBranch(d.branch, branch, d.residual)
          .rmsNorm("post_attention_layernorm", d.residual, d.normed)
          .gatedLinear(ActivationFunction.SILU, "mlp", d.normed, d.mlpHidden, d.up)
          .linear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.branch)
          .addScaledBranch(d.branch, branch, d.residual);
    }
    d.rmsNormHead(shared.lmHead()).scale(d.logits, logits);
    return d.model();
  }
}
