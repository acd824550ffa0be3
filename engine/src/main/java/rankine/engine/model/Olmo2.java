package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * OLMo 2 (OLMo Team 2024), with the semantics of Hugging Face's {@code Olmo2ForCausalLM}: LLaMA
 * with norms after attention and after the MLP, none before, and norms of q and of k over all their
 * heads at once.
 */
record Olmo2(LlamaSettings settings, RotaryFrequencies rotary) implements Architecture {
  @Override
  public ModelConfig sizes() {
    return settings.sizes();
  }

  static Olmo2 read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    s.require("attention_bias", false);
    float epsilon = SizeSettings.epsilon(s, "rms_norm_eps", 1e-5);
    LlamaSettings settings = LlamaSettings.read(s, false, epsilon);
    return new Olmo2(settings, RopeScaling.read(s, settings.sizes().headDim()));
  }

  @Override
  public Model build(Weights w) {
    ModelConfig sizes = sizes();

    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(settings.epsilon()), w);
    d.embedding().embed(LlamaSettings.TABLE, sizes.vocabSize(), settings.tied(), d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      d.layer("model.layers." + l + ".")
          .qkv("self_attn", d.residual, d.q, d.k, d.v)
          .rmsNorm("self_attn.q_norm", d.q, d.q)
          .rmsNorm("self_attn.k_norm", d.k, d.k)
          .rotary(d.q, d.k, rotary, Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), settings.fullAttention(), d.attnOut)
          .linear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.branch)
          .rmsNorm("post_attention_layernorm", d.branch, d.branch)
          .addBranch(d.branch, d.residual)
          .gatedLinear(ActivationFunction.SILU, "mlp", d.residual, d.mlpHidden, d.up)
          .linear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.branch)
          .rmsNorm("post_feedforward_layernorm", d.branch, d.branch)
          .addBranch(d.branch, d.residual);
    }
    d.rmsNormHead(settings.lmHead());
    return d.model();
  }
}
