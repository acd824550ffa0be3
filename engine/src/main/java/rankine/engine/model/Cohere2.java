package rankine.engine.model;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * Command R7B and its successors (Cohere 2024), with the semantics of Hugging Face's {@code
 * Cohere2ForCausalLM}: attention and MLP in parallel after one LayerNorm without shift; layers with
 * a window and rotary position embeddings on neighbouring features, and full layers without
 * positions; a factor of the logits.
 */
record Cohere2(
    LlamaSettings shared,
    RotaryFrequencies rotary,
    IntPredicate windowed,
    IntFunction<AttentionScores> scores,
    float logitScale)
    implements Architecture {
  @Override
  public ModelConfig sizes() {
    return shared.sizes();
  }

  static Cohere2 read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    s.require("attention_bias", false);
    s.require("use_qk_norm", false);
    s.require("use_parallel_block", true);
    s.require("use_gated_activation", true);
    s.require("use_embedding_sharing", true);
    s.require("position_embedding_type", "rope_gptj");
    s.require("rotary_pct", 1);
    s.require("order_of_interleaved_layers", "local_attn_first");
    s.ignore("cache_implementation", "use_parallel_embedding"); // of storage and devices
    s.ignore("layer_switch"); // an older name of sliding_window_pattern, which Hugging Face reads
    float epsilon = SizeSettings.epsilon(s, "layer_norm_eps", 1e-5);
    LlamaSettings shared = LlamaSettings.read(s, true, epsilon);
    int layers = shared.sizes().layers();
    int pattern = s.count("sliding_window_pattern", 4);
    IntPredicate otherwise = layer -> (layer + 1) % pattern != 0;
    return new Cohere2(
        shared,
        RopeScaling.read(s, shared.sizes().headDim()),
        LayerTypes.windowed(s, layers, otherwise),
        LayerTypes.scores(s, layers, shared.fullAttention(), otherwise),
        (float) s.number("logit_scale", 0.0625));
  }

  @Override
  public Model build(Weights w) {
    ModelConfig sizes = sizes();

    DecoderBuilder d = new DecoderBuilder(sizes, DecoderBuilder.NormRule.of(shared.epsilon()), w);
    d.embedding().embed(LlamaSettings.TABLE, sizes.vocabSize(), shared.tied(), d.residual);
    for (int l = 0; l < sizes.layers(); l++) {
      ProgramBuilder block = d.layer("model.layers." + l + ".");
      block
          .layerNormWithoutShift("input_layernorm", d.residual, d.normed)
          .qkv("self_attn", d.normed, d.q, d.k, d.v);
      if (windowed.test(l)) {
        block.rotary(d.q, d.k, rotary, Op.Pairing.INTERLEAVED);
      }
      block
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores.apply(l), d.attnOut)
          .addLinear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.residual)
          .gatedLinear(ActivationFunction.SILU, "mlp", d.normed, d.mlpHidden, d.up)
          .addLinear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.residual);
    }
    d.head()
        .gatherRows(d.residual, d.finalHidden)
        .layerNormWithoutShift("model.norm", d.finalHidden, d.finalHidden)
        .lmHead(shared.lmHead(), d.finalHidden, d.logits)
        .scale(d.logits, logitScale);
    return d.model();
  }
}
