package rankine.engine.model;

import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * The decoder of LLaMA (Touvron et al. 2023) and of the architectures that vary it in few places:
 * RMSNorm before attention and before the MLP, rotary position embeddings on the two halves of a
 * head, grouped-query attention, SwiGLU.
 *
 * @param scores the attention of each layer
 * @param rotates the layers with rotary position embeddings
 * @param qkvBiases whether q_proj, k_proj and v_proj have biases
 * @param headNorms whether the RMSNorms q_norm and k_norm normalise each head of q and k
 */
record LlamaDecoder(
    LlamaSettings settings,
    RotaryFrequencies rotary,
    IntFunction<AttentionScores> scores,
    IntPredicate rotates,
    boolean qkvBiases,
    boolean headNorms)
    implements Architecture {
  @Override
  public ModelConfig sizes() {
    return settings.sizes();
  }

  /** LLaMA itself: full attention, no biases, no norms of heads. */
  static LlamaDecoder of(LlamaSettings settings, RotaryFrequencies rotary) {
    AttentionScores full = settings.fullAttention();
    return new LlamaDecoder(settings, rotary, _ -> full, _ -> true, false, false);
  }

  /** The same with another attention of each layer. */
  LlamaDecoder withScores(IntFunction<AttentionScores> other) {
    return new LlamaDecoder(settings, rotary, other, rotates, qkvBiases, headNorms);
  }

  /** The same with rotary position embeddings on the layers {@code other} only. */
  LlamaDecoder withRotaryOn(IntPredicate other) {
    return new LlamaDecoder(settings, rotary, scores, other, qkvBiases, headNorms);
  }

  /** The same with biases of q_proj, k_proj and v_proj. */
  LlamaDecoder withQkvBiases() {
    return new LlamaDecoder(settings, rotary, scores, rotates, true, headNorms);
  }

  /** The same with RMSNorms of the heads of q and k. */
  LlamaDecoder withHeadNorms() {
    return new LlamaDecoder(settings, rotary, scores, rotates, qkvBiases, true);
  }

  @Override
  public Model build(Weights w) {
    ModelConfig sizes = sizes();
    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(settings.epsilon()), w);
    d.embedding().embed(LlamaSettings.TABLE, sizes.vocabSize(), settings.tied(), d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      ProgramBuilder block = d.layer("model.layers." + l + ".");
      block.rmsNorm("input_layernorm", d.residual, d.normed);
      if (qkvBiases) {
        block.biasedQkv("self_attn", d.normed, d.q, d.k, d.v);
      } else {
        block.qkv("self_attn", d.normed, d.q, d.k, d.v);
      }
      if (headNorms) {
        block
            .headNorm("self_attn.q_norm", d.q, sizes.heads())
            .headNorm("self_attn.k_norm", d.k, sizes.kvHeads());
      }
      if (rotates.test(l)) {
        block.rotary(d.q, d.k, rotary, Op.Pairing.HALVES);
      }
      block
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores.apply(l), d.attnOut)
          .addLinear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.residual)
          .rmsNorm("post_attention_layernorm", d.residual, d.normed)
          .gatedLinear(ActivationFunction.SILU, "mlp", d.normed, d.mlpHidden, d.up)
          .addLinear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.residual);
    }
    d.rmsNormHead(settings.lmHead());
    return d.model();
  }
}
