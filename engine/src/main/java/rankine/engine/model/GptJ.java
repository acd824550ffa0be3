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
 * GPT-J (Wang and Komatsuzaki 2021), with the semantics of Hugging Face's {@code GPTJForCausalLM}:
 * one LayerNorm a block, attention and MLP in parallel on its output, rotary positions on
 * neighbouring features, a head with a bias.
 */
final class GptJ implements Architecture {
  private static final double ROTARY_BASE = 10000;

  @Override
  public String modelType() {
    return "gptj";
  }

  /** What config.json says. */
  private record GptJConfig(
      ModelConfig sizes, float epsilon, boolean tied, RotaryFrequencies rotary) {}

  @Override
  public ModelConfig config(Settings s) {
    return read(s).sizes;
  }

  private GptJConfig read(Settings s) {
    s.oneOf("activation_function", "gelu_new", List.of("gelu_new", "gelu_pytorch_tanh"));
    s.require("rotary", true);
    s.require("scale_attn_weights", true);
    s.optionalCount("n_ctx"); // n_positions under its old name
    int hiddenSize = SizeSettings.width(s, "n_embd");
    int heads = s.count("n_head");
    if (hiddenSize % heads != 0) {
      throw s.unsupported("n_head", "a divisor of n_embd " + hiddenSize);
    }
    int headDim = hiddenSize / heads;
    int rotaryDim = s.count("rotary_dim", headDim);
    if (rotaryDim > headDim || rotaryDim % 2 != 0) {
      throw s.unsupported("rotary_dim", "an even number up to the head's " + headDim);
    }
    ModelConfig sizes =
        new ModelConfig(
            modelType(),
            s.count("n_layer"),
            hiddenSize,
            heads,
            heads,
            headDim,
            SizeSettings.width(s, "n_inner", 4 * hiddenSize),
            s.count("vocab_size"),
            s.count("n_positions"));
    return new GptJConfig(
        sizes,
        SizeSettings.epsilon(s, "layer_norm_epsilon", 1e-5),
        s.flag("tie_word_embeddings", false),
        RotaryFrequencies.of(ROTARY_BASE, rotaryDim));
  }

  @Override
  public Model build(Settings s, Weights w) {
    GptJConfig h = read(s);
    ModelConfig c = h.sizes;
    int d = c.hiddenSize();
    float scale = (float) (1 / Math.sqrt(c.headDim()));

    Slot x = Slot.tokens("x", d);
    Slot normed = Slot.tokens("normed", d);
    Slot q = Slot.tokens("q", d);
    Slot k = Slot.tokens("k", d);
    Slot v = Slot.tokens("v", d);
    Slot mixed = Slot.tokens("mixed", d);
    Slot mid = Slot.tokens("mid", c.intermediateSize());

    Weight wte = w.embedding("transformer.wte.weight", c.vocabSize(), d, h.tied);
    List<Op> embedding = List.of(new Op.Embed(wte, x));

    List<List<Op>> layers = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      String at = "transformer.h." + l + ".";
      layers.add(
          List.of(
              w.layerNorm(at + "ln_1", x, h.epsilon, normed),
              w.linear(Module.Q_PROJ.in(l), at + "attn.q_proj", normed, q),
              w.linear(Module.K_PROJ.in(l), at + "attn.k_proj", normed, k),
              w.linear(Module.V_PROJ.in(l), at + "attn.v_proj", normed, v),
              new Op.Rotary(q, c.heads(), c.headDim(), h.rotary, Op.Pairing.INTERLEAVED),
              new Op.Rotary(k, c.heads(), c.headDim(), h.rotary, Op.Pairing.INTERLEAVED),
              new Op.AppendKv(l, k, v),
              new Op.Attention(l, q, c.heads(), scale, mixed),
              w.addLinear(Module.OUT_PROJ.in(l), at + "attn.out_proj", mixed, x),
              w.biased(Module.FC_IN.in(l), at + "mlp.fc_in", normed, mid),
              new Op.Gelu(mid),
              w.addBiased(Module.FC_OUT.in(l), at + "mlp.fc_out", mid, x)));
    }

    Slot last = Slot.logitRows("last", d);
    Slot logits = Slot.logitRows("logits", c.vocabSize());
    Weight lmHead = h.tied ? wte : w.matrix("lm_head.weight", c.vocabSize(), d);
    w.ignore("lm_head.weight");
    List<Op> head =
        List.of(
            new Op.GatherRows(x, last),
            w.layerNorm("transformer.ln_f", last, h.epsilon, last),
            new Op.Linear(
                "lm_head",
                last,
                lmHead,
                Optional.of(w.vector("lm_head.bias", c.vocabSize())),
                false,
                logits));
    return new Model(c, embedding, layers, head, logits);
  }
}
