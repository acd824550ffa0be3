package rankine.engine.model;

import java.util.List;
import java.util.function.IntPredicate;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/**
 * Gemma 2 (Gemma Team 2024), with the semantics of Hugging Face's {@code Gemma2ForCausalLM}: norms
 * before and after attention and MLP that scale by 1 + weight, GeGLU, embeddings times the root of
 * their size, caps on the attention scores and on the logits, a window on every other layer.
 */
final class Gemma2 implements Architecture {
  @Override
  public String modelType() {
    return "gemma2";
  }

  /** The settings of config.json. */
  private record Gemma2Config(
      LlamaSettings shared,
      RotaryFrequencies rotary,
      Op.AttentionScores full,
      int window,
      IntPredicate windowed,
      float logitCap) {}

  @Override
  public ModelConfig config(Settings s) {
    return read(s).shared.sizes();
  }

  private Gemma2Config read(Settings s) {
    s.oneOf("hidden_activation", "gelu_pytorch_tanh", List.of("gelu_pytorch_tanh"));
    s.optionalText("hidden_act"); // the MLP reads hidden_activation
    s.require("attention_bias", false);
    s.optionalText("cache_implementation"); // how Hugging Face stores keys and values
    LlamaSettings shared = LlamaSettings.read(s, modelType(), true);
    double scale = 1 / Math.sqrt(s.count("query_pre_attn_scalar"));
    float scoreCap = (float) s.number("attn_logit_softcapping");
    int layers = shared.sizes().layers();
    return new Gemma2Config(
        shared,
        RopeScaling.read(s, shared.sizes().headDim()),
        Op.AttentionScores.scaled((float) scale).withSoftCap(scoreCap),
        s.count("sliding_window"),
        LayerTypes.windowed(s, layers, layer -> layer % 2 == 0),
        (float) s.number("final_logit_softcapping"));
  }

  @Override
  public Model build(Settings s, Weights w) {
    Gemma2Config config = read(s);
    ModelConfig sizes = config.shared.sizes();
    String table = "model.embed_tokens";

    Decoder d = new Decoder(sizes, new Decoder.NormRule(config.shared.epsilon(), true), w);
    d.embedding()
        .embed(table, sizes.vocabSize(), config.shared.tied(), d.residual)
        .scale(d.residual, (float) Math.sqrt(sizes.hiddenSize()));
    for (int l = 0; l < sizes.layers(); l++) {
      Op.AttentionScores scores =
          config.windowed.test(l) ? config.full.withWindow(config.window) : config.full;
      d.layer("model.layers." + l + ".")
          .rmsNorm("input_layernorm", d.residual, d.normed)
          .qkv("self_attn", d.normed, d.q, d.k, d.v)
          .rotary(d.q, sizes.heads(), config.rotary, Op.Pairing.HALVES)
          .rotary(d.k, sizes.kvHeads(), config.rotary, Op.Pairing.HALVES)
          .appendKv(d.k, d.v)
          .attention(d.q, sizes.heads(), scores, d.attnOut)
          .linear(Module.OUT_PROJ, "self_attn.o_proj", d.attnOut, d.branch)
          .rmsNorm("post_attention_layernorm", d.branch, d.branch)
          .addBranch(d.branch, d.residual)
          .rmsNorm("pre_feedforward_layernorm", d.residual, d.normed)
          .gatedLinear(Op.ActivationFunction.GELU_TANH, "mlp", d.normed, d.mlpHidden, d.up)
          .linear(Module.FC_OUT, "mlp.down_proj", d.mlpHidden, d.branch)
          .rmsNorm("post_feedforward_layernorm", d.branch, d.branch)
          .addBranch(d.branch, d.residual);
    }
    d.head()
        .gatherRows(d.residual, d.finalHidden)
        .rmsNorm("model.norm", d.finalHidden, d.finalHidden)
        .lmHead(config.shared.tied() ? table : "lm_head", d.finalHidden, d.logits)
        .softCap(d.logits, config.logitCap);
    return d.model();
  }
}
