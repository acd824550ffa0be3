package rankine.engine.model;

import java.util.OptionalDouble;
import java.util.function.IntFunction;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * The decoder of Gemma 2 and Gemma 3: norms before and after attention and MLP that scale by 1 +
 * weight, GeGLU, embeddings times the root of their size.
 *
 * @param headNorms whether the RMSNorms q_norm and k_norm normalise each head of q and k
 * @param rotary the rotary frequencies of each layer
 * @param scores the attention of each layer
 * @param logitCap the soft cap of the logits, if any
 */
record GemmaDecoder(
    LlamaSettings settings,
    boolean headNorms,
    IntFunction<RotaryFrequencies> rotary,
    IntFunction<AttentionScores> scores,
    OptionalDouble logitCap)
    implements Architecture {
  @Override
  public ModelConfig sizes() {
    return settings.sizes();
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
      ProgramBuilder block = d.layer("model.layers." + l + ".");
      block
          .rmsNorm("input_layernorm", d.residual, d.normed)
          .qkv("self_attn", d.normed, d.q, d.k, d.v);
      if (headNorms) {
        block
            .headNorm("self_attn.q_norm", d.q, sizes.heads())
            .headNorm("self_attn.k_norm", d.k, sizes.kvHeads());
      }
      block
          .rotary(d.q, d.k, rotary.apply(l), Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores.apply(l), d.attnOut)
          .linear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.branch)
          .rmsNorm("post_attention_layernorm", d.branch, d.branch)
          .addBranch(d.branch, d.residual)
          .rmsNorm("pre_feedforward_layernorm", d.residual, d.normed)
          .gatedLinear(ActivationFunction.GELU_TANH, "mlp", d.normed, d.mlpHidden, d.up)
          .linear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.branch)
          .rmsNorm("post_feedforward_layernorm", d.branch, d.branch)
          .addBranch(d.branch, d.residual);
    }
    d.rmsNormHead(settings.lmHead());
    logitCap.ifPresent(cap -> d.head().softCap(d.logits, (float) cap));
    return d.model();
  }
}
