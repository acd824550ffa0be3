package rankine.engine.model;

import java.util.List;
import java.util.function.IntFunction;
import rankine.engine.checkpoint.RowBlocks;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;

/**
 * Phi-3 and Phi-4-mini (Abdin et al. 2024), with the semantics of Hugging Face's {@code
 * Phi3ForCausalLM}: LLaMA with fused matrices, rotary position embeddings on the first part of each
 * head, LongRoPE, and one window for all layers where {@code sliding_window} is given. The rows of
 * qkv_proj are q, k, v, those of gate_up_proj gate, up.
 */
record Phi3(LlamaSettings shared, LongRope rotary, IntFunction<AttentionScores> scores)
    implements Architecture {
  /** The sizes, with the context that the short factors of LongRoPE cover. */
  @Override
  public ModelConfig sizes() {
    return shared.sizes().withContext(rotary.contextLength());
  }

  static Phi3 read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    for (String bias : List.of("attention_bias", "mlp_bias", "lm_head_bias")) {
      s.require(bias, false);
    }
    s.require("full_attn_mod", 1);
    s.require("interpolate_factor", 1);
    s.ignore("auto_map"); // Microsoft's code for the same model
    float epsilon = SizeSettings.epsilon(s, "rms_norm_eps", 1e-5);
    LlamaSettings shared = LlamaSettings.read(s, false, epsilon);
    return new Phi3(
        shared,
        LongRope.read(s, shared.sizes()),
        LayerTypes.oneWindow(LayerTypes.window(s), shared.fullAttention()));
  }

  @Override
  public Model build(Weights w) {
    ModelConfig sizes = sizes();
    int fused = sizes.queryWidth() + 2 * sizes.kvWidth();
    RowBlocks q = RowBlocks.range(0, sizes.queryWidth());
    RowBlocks k = RowBlocks.range(sizes.queryWidth(), sizes.kvWidth());
    RowBlocks v = RowBlocks.range(sizes.queryWidth() + sizes.kvWidth(), sizes.kvWidth());
    int mlp = sizes.intermediateSize();
    RowBlocks gate = RowBlocks.range(0, mlp);
    RowBlocks up = RowBlocks.range(mlp, mlp);

    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(shared.epsilon()), w);
    d.embedding().embed(LlamaSettings.TABLE, sizes.vocabSize(), shared.tied(), d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      d.layer("model.layers." + l + ".")
          .rmsNorm("input_layernorm", d.residual, d.normed)
          .fusedLinear(Module.Q_PROJ, "self_attn.qkv_proj", fused, q, d.normed, d.q)
          .fusedLinear(Module.K_PROJ, "self_attn.qkv_proj", fused, k, d.normed, d.k)
          .fusedLinear(Module.V_PROJ, "self_attn.qkv_proj", fused, v, d.normed, d.v)
          .rotary(d.q, d.k, rotary.frequencies(), Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores.apply(l), d.attnOut)
          .addLinear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.residual)
          .rmsNorm("post_attention_layernorm", d.residual, d.normed)
          .fusedLinear(Module.FC_IN, "mlp.gate_up_proj", 2 * mlp, gate, d.normed, d.mlpHidden)
          .fusedLinear(Module.FC_UP, "mlp.gate_up_proj", 2 * mlp, up, d.normed, d.up)
          .gated(ActivationFunction.SILU, d.mlpHidden, d.up)
          .addLinear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.residual);
    }
    d.rmsNormHead(shared.lmHead());
    return rotary.longContext().map(d.model()::withLongContext).orElseGet(d::model);
  }
}
