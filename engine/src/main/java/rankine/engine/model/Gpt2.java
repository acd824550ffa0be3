package rankine.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * GPT-2 (Radford et al. 2019), with the semantics of Hugging Face's {@code GPT2LMHeadModel}:
 * learned positions, LayerNorm before each half of a block, weights stored as Conv1D ([in, out]), a
 * head tied to the embedding.
 */
final class Gpt2 implements Architecture {
  @Override
  public String modelType() {
    return "gpt2";
  }

  /** What config.json says. */
  private record Gpt2Config(ModelConfig sizes, float epsilon, boolean tied) {}

  @Override
  public ModelConfig config(Settings s) {
    return read(s).sizes;
  }

  private Gpt2Config read(Settings s) {
    s.oneOf("activation_function", "gelu_new", List.of("gelu_new", "gelu_pytorch_tanh"));
    s.require("scale_attn_weights", true);
    s.require("scale_attn_by_inverse_layer_idx", false);
    s.require("add_cross_attention", false);
    s.optionalFlag("reorder_and_upcast_attn"); // a matter of precision only
    s.optionalCount("n_ctx"); // n_positions under its old name
    int hiddenSize = SizeSettings.width(s, "n_embd");
    int heads = s.count("n_head");
    if (hiddenSize % heads != 0) {
      throw s.unsupported("n_head", "a divisor of n_embd " + hiddenSize);
    }
    ModelConfig sizes =
        new ModelConfig(
            modelType(),
            s.count("n_layer"),
            hiddenSize,
            heads,
            heads,
            hiddenSize / heads,
            SizeSettings.width(s, "n_inner", 4 * hiddenSize),
            s.count("vocab_size"),
            s.count("n_positions"));
    return new Gpt2Config(
        sizes,
        SizeSettings.epsilon(s, "layer_norm_epsilon", 1e-5),
        s.flag("tie_word_embeddings", true));
  }

  @Override
  public Model build(Settings s, Weights w) {
    Gpt2Config h = read(s);
    ModelConfig c = h.sizes;
    String root = w.has("transformer.wte.weight") ? "transformer." : "";
    int d = c.hiddenSize();
    int inner = c.intermediateSize();
    float scale = (float) (1 / Math.sqrt(c.headDim()));

    Slot x = Slot.tokens("x", d);
    Slot normed = Slot.tokens("normed", d);
    Slot q = Slot.tokens("q", d);
    Slot k = Slot.tokens("k", d);
    Slot v = Slot.tokens("v", d);
    Slot mixed = Slot.tokens("mixed", d);
    Slot mid = Slot.tokens("mid", inner);

    Weight wte = w.embedding(root + "wte.weight", c.vocabSize(), d, h.tied);
    Weight wpe = w.matrix(root + "wpe.weight", c.contextLength(), d);
    List<Op> embedding = List.of(new Op.Embed(wte, x), new Op.AddPosition(wpe, x));

    List<List<Op>> layers = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      String at = root + "h." + l + ".";
      Fused attn = new Fused(w, at + "attn.c_attn", d);
      layers.add(
          List.of(
              w.layerNorm(at + "ln_1", x, h.epsilon, normed),
              attn.part(Module.Q_PROJ.in(l), 0, normed, q),
              attn.part(Module.K_PROJ.in(l), 1, normed, k),
              attn.part(Module.V_PROJ.in(l), 2, normed, v),
              new Op.AppendKv(l, k, v),
              new Op.Attention(l, q, c.heads(), scale, mixed),
              conv1d(w, Module.OUT_PROJ.in(l), at + "attn.c_proj", mixed, true, x),
              w.layerNorm(at + "ln_2", x, h.epsilon, normed),
              conv1d(w, Module.FC_IN.in(l), at + "mlp.c_fc", normed, false, mid),
              new Op.Gelu(mid),
              conv1d(w, Module.FC_OUT.in(l), at + "mlp.c_proj", mid, true, x)));
    }

    Slot last = Slot.logitRows("last", d);
    Slot logits = Slot.logitRows("logits", c.vocabSize());
    Weight lmHead = h.tied ? wte : w.matrix("lm_head.weight", c.vocabSize(), d);
    w.ignore("lm_head.weight");
    List<Op> head =
        List.of(
            new Op.GatherRows(x, last),
            w.layerNorm(root + "ln_f", last, h.epsilon, last),
            new Op.Linear("lm_head", last, lmHead, Optional.empty(), false, logits));
    return new Model(c, embedding, layers, head, logits);
  }

  private static Op conv1d(
      Weights w, String module, String name, Slot in, boolean accumulate, Slot out) {
    return new Op.Linear(
        module,
        in,
        w.conv1d(name + ".weight", out.width(), in.width()),
        Optional.of(w.vector(name + ".bias", out.width())),
        accumulate,
        out);
  }

  /** c_attn: queries, keys and values in one matrix, stored [d, 3 d]. */
  private record Fused(Weights w, String name, int d) {
    Op part(String module, int i, Slot in, Slot out) {
      return new Op.Linear(
          module,
          in,
          w.conv1dRange(name + ".weight", 3 * d, d, i * d, d),
          Optional.of(w.vectorRange(name + ".bias", 3 * d, i * d, d)),
          false,
          out);
    }
  }
}
