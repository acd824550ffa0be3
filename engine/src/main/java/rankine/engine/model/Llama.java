package rankine.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

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

  /** The settings of config.json. */
  private record LlamaConfig(
      ModelConfig sizes, float epsilon, boolean tied, RotaryFrequencies rotary) {}

  @Override
  public ModelConfig config(Settings s) {
    return read(s).sizes;
  }

  private LlamaConfig read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    s.require("attention_bias", false);
    s.require("mlp_bias", false);
    s.optionalCount("pretraining_tp"); // slices the same products
    int hiddenSize = SizeSettings.width(s, "hidden_size");
    int heads = SizeSettings.width(s, "num_attention_heads");
    int kvHeads = s.count("num_key_value_heads", heads);
    if (heads % kvHeads != 0) {
      throw s.unsupported("num_key_value_heads", "a divisor of num_attention_heads " + heads);
    }
    if (!s.has("head_dim") && hiddenSize % heads != 0) {
      throw s.unsupported("num_attention_heads", "a divisor of hidden_size " + hiddenSize);
    }
    int headDim = s.count("head_dim", Math.max(1, hiddenSize / heads));
    if (headDim % 2 != 0) {
      throw s.unsupported(s.has("head_dim") ? "head_dim" : "hidden_size", "an even head size");
    }
    SizeSettings.checkWidth(
        s, s.has("head_dim") ? "head_dim" : "hidden_size", (long) heads * headDim);
    ModelConfig sizes =
        new ModelConfig(
            modelType(),
            s.count("num_hidden_layers"),
            hiddenSize,
            heads,
            kvHeads,
            headDim,
            SizeSettings.width(s, "intermediate_size"),
            s.count("vocab_size"),
            s.count("max_position_embeddings"));
    return new LlamaConfig(
        sizes,
        SizeSettings.epsilon(s, "rms_norm_eps", 1e-6),
        s.flag("tie_word_embeddings", false),
        RopeScaling.read(s, headDim));
  }

  @Override
  public Model build(Settings s, Weights w) {
    LlamaConfig config = read(s);
    ModelConfig sizes = config.sizes;
    int d = sizes.hiddenSize();
    int headDim = sizes.headDim();
    float scale = (float) (1 / Math.sqrt(headDim));

    Slot residual = Slot.tokens("residual", d);
    Slot normed = Slot.tokens("normed", d);
    Slot q = Slot.tokens("q", sizes.queryWidth());
    Slot k = Slot.tokens("k", sizes.kvWidth());
    Slot v = Slot.tokens("v", sizes.kvWidth());
    Slot attnOut = Slot.tokens("attn_out", sizes.queryWidth());
    Slot gate = Slot.tokens("gate", sizes.intermediateSize());
    Slot up = Slot.tokens("up", sizes.intermediateSize());

    Weight embed = w.embedding("model.embed_tokens.weight", sizes.vocabSize(), d, config.tied);
    List<Op> embedding = List.of(new Op.Embed(embed, residual));

    List<List<Op>> layers = new ArrayList<>();
    for (int l = 0; l < sizes.layers(); l++) {
      String block = "model.layers." + l + ".";
      layers.add(
          List.of(
              w.rmsNorm(block + "input_layernorm", residual, config.epsilon, normed),
              w.linear(Module.Q_PROJ.in(l), block + "self_attn.q_proj", normed, q),
              w.linear(Module.K_PROJ.in(l), block + "self_attn.k_proj", normed, k),
              w.linear(Module.V_PROJ.in(l), block + "self_attn.v_proj", normed, v),
              new Op.Rotary(q, sizes.heads(), headDim, config.rotary, Op.Pairing.HALVES),
              new Op.Rotary(k, sizes.kvHeads(), headDim, config.rotary, Op.Pairing.HALVES),
              new Op.AppendKv(l, k, v),
              new Op.Attention(l, q, sizes.heads(), Op.AttentionScores.scaled(scale), attnOut),
              w.addLinear(Module.OUT_PROJ.in(l), block + "self_attn.o_proj", attnOut, residual),
              w.rmsNorm(block + "post_attention_layernorm", residual, config.epsilon, normed),
              w.linear(Module.FC_IN.in(l), block + "mlp.gate_proj", normed, gate),
              w.linear(Module.FC_UP.in(l), block + "mlp.up_proj", normed, up),
              new Op.GatedActivation(gate, Op.ActivationFunction.SILU, up),
              w.addLinear(Module.FC_OUT.in(l), block + "mlp.down_proj", gate, residual)));
    }

    Slot finalHidden = Slot.logitRows("final_hidden", d);
    Slot logits = Slot.logitRows("logits", sizes.vocabSize());
    Weight lmHead = config.tied ? embed : w.matrix("lm_head.weight", sizes.vocabSize(), d);
    w.ignore("lm_head.weight");
    List<Op> head =
        List.of(
            new Op.GatherRows(residual, finalHidden),
            w.rmsNorm("model.norm", finalHidden, config.epsilon, finalHidden),
            new Op.Linear("lm_head", finalHidden, lmHead, Optional.empty(), false, logits));
    return new Model(sizes, embedding, layers, head, logits);
  }
}
