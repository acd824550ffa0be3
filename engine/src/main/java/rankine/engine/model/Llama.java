package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * LLaMA (Touvron et al. 2023), with the semantics of Hugging Face's {@code LlamaForCausalLM}:
 * RMSNorm before attention and before the MLP, rotary position embeddings on the two halves of a
 * head, grouped-query attention, SwiGLU, no biases.
 */
final class Llama implements Architecture {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public ModelConfig config(Settings s) {
    ModelConfig sizes = read(s).sizes();
    RopeScaling.read(s, sizes.headDim());
    return sizes;
  }

  private LlamaSettings read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    s.require("attention_bias", false);
    s.require("mlp_bias", false);
    s.optionalCount("pretraining_tp"); // slices the same products
    return LlamaSettings.read(s, modelType(), false);
  }

  @Override
  public Model build(Settings s, Weights w) {
    LlamaSettings config = read(s);
    ModelConfig sizes = config.sizes();
    RotaryFrequencies rotary = RopeScaling.read(s, sizes.headDim());
    Op.AttentionScores scores = Op.AttentionScores.ofHeadDim(sizes.headDim());
    String table = "model.embed_tokens";

    Decoder d = new Decoder(sizes, Decoder.NormRule.of(config.epsilon()), w);
    d.embedding().embed(table, sizes.vocabSize(), config.tied(), d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      d.layer("model.layers." + l + ".")
          .rmsNorm("input_layernorm", d.residual, d.normed)
          .qkv("self_attn", d.normed, d.q, d.k, d.v)
          .rotary(d.q, sizes.heads(), rotary, Op.Pairing.HALVES)
          .rotary(d.k, sizes.kvHeads(), rotary, Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores, d.attnOut)
          .addLinear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.residual)
          .rmsNorm("post_attention_layernorm", d.residual, d.normed)
          .gatedLinear(Op.ActivationFunction.SILU, "mlp", d.normed, d.mlpHidden, d.up)
          .addLinear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.residual);
    }
    d.head()
        .gatherRows(d.residual, d.finalHidden)
        .rmsNorm("model.norm", d.finalHidden, d.finalHidden)
        .lmHead(config.tied() ? table : "lm_head", d.finalHidden, d.logits);
    return d.model();
  }
}
