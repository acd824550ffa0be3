package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * Gemma (Gemma Team 2024), with the semantics of Hugging Face's {@code GemmaForCausalLM}: LLaMA
 * with norms that scale by 1 + weight, GeGLU, and embeddings times the root of their size.
 */
record Gemma(LlamaSettings settings, RotaryFrequencies rotary) implements Architecture {
  @Override
  public ModelConfig sizes() {
    return settings.sizes();
  }

  static Gemma read(Settings s) {
    s.oneOf("hidden_activation", "gelu_pytorch_tanh", List.of("gelu_pytorch_tanh"));
    // Published files say "gelu", but Gemma was trained with the tanh form.
    s.oneOf("hidden_act", "gelu_pytorch_tanh", List.of("gelu_pytorch_tanh", "gelu"));
    s.require("attention_bias", false);
    LlamaSettings settings = LlamaSettings.read(s, true);
    return new Gemma(settings, RopeScaling.read(s, settings.sizes().headDim()));
  }

  @Override
  public Model build(Weights w) {
    ModelConfig sizes = sizes();

    DecoderBuilder d =
        new DecoderBuilder(sizes, new DecoderBuilder.NormRule(settings.epsilon(), true), w);
    d.embedding()
        .embed(LlamaSettings.TABLE, sizes.vocabSize(), settings.tied(), d.residual)
        .scale(d.residual, (float) Math.sqrt(sizes.hiddenSize()));
    for (int l = 0; l < sizes.layers(); l++) {
      d.layer("model.layers." + l + ".")
          .rmsNorm("input_layernorm", d.residual, d.normed)
          .qkv("self_attn", d.normed, d.q, d.k, d.v)
          .rotary(d.q, d.k, rotary, Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), settings.fullAttention(), d.attnOut)
          .addLinear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.residual)
          .rmsNorm("post_attention_layernorm", d.residual, d.normed)
          .gatedLinear(ActivationFunction.GELU_TANH, "mlp", d.normed, d.mlpHidden, d.up)
          .addLinear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.residual);
    }
    d.rmsNormHead(settings.lmHead());
    return d.model();
  }
}
