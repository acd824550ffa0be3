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
 * RMSNorm before each half of a block, rotary positions on the two halves of a head, grouped
 * key/value heads, SwiGLU, no biases.
 */
final class Llama implements Architecture {
  @Override
  public String modelType() {
    return "llama";
  }

  /** What config.json says. */
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
    s.optionalCount("pretraining_tp"); // how to slice the same products
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
    LlamaConfig h = read(s);
    ModelConfig c = h.sizes;
    int d = c.hiddenSize();
    float scale = (float) (1 / Math.sqrt(c.headDim()));

    Slot x = Slot.tokens("x", d);
    Slot normed = Slot.tokens("normed", d);
    Slot q = Slot.tokens("q", c.queryWidth());
    Slot k = Slot.tokens("k", c.kvWidth());
    Slot v = Slot.tokens("v", c.kvWidth());
    Slot mixed = Slot.tokens("mixed", c.queryWidth());
    Slot gate = Slot.tokens("gate", c.intermediateSize());
    Slot up = Slot.tokens("up", c.intermediateSize());

    Weight embed = w.embedding("model.embed_tokens.weight", c.vocabSize(), d, h.tied);
    List<Op> embedding = List.of(new Op.Embed(embed, x));

    List<List<Op>> layers = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      String at = "model.layers." + l + ".";
      layers.add(
          List.of(
              w.rmsNorm(at + "input_layernorm", x, h.epsilon, normed),
              w.linear(Module.Q_PROJ.in(l), at + "self_attn.q_proj", normed, q),
              w.linear(Module.K_PROJ.in(l), at + "self_attn.k_proj", normed, k),
              w.linear(Module.V_PROJ.in(l), at + "self_attn.v_proj", normed, v),
              new Op.Rotary(q, c.heads(), c.headDim(), h.rotary, Op.Pairing.HALVES),
              new Op.Rotary(k, c.kvHeads(), c.headDim(), h.rotary, Op.Pairing.HALVES),
              new Op.AppendKv(l, k, v),
              new Op.Attention(l, q, c.heads(), scale, mixed),
              w.addLinear(Module.OUT_PROJ.in(l), at + "self_attn.o_proj", mixed, x),
              w.rmsNorm(at + "post_attention_layernorm", x, h.epsilon, normed),
              w.linear(Module.FC_IN.in(l), at + "mlp.gate_proj", normed, gate),
              w.linear(Module.FC_UP.in(l), at + "mlp.up_proj", normed, up),
              new Op.SwiGlu(gate, up),
              w.addLinear(Module.FC_OUT.in(l), at + "mlp.down_proj", gate, x)));
    }

    Slot last = Slot.logitRows("last", d);
    Slot logits = Slot.logitRows("logits", c.vocabSize());
    Weight lmHead = h.tied ? embed : w.matrix("lm_head.weight", c.vocabSize(), d);
    w.ignore("lm_head.weight");
    List<Op> head =
        List.of(
            new Op.GatherRows(x, last),
            w.rmsNorm("model.norm", last, h.epsilon, last),
            new Op.Linear("lm_head", last, lmHead, Optional.empty(), false, logits));
    return new Model(c, embedding, layers, head, logits);
  }
}
