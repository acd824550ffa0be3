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
 * learned position embeddings, pre-LayerNorm before attention and before the MLP, weights stored as
 * Conv1D ([in, out]), LM head tied to the token embedding.
 */
final class Gpt2 implements Architecture {
  @Override
  public String modelType() {
    return "gpt2";
  }

  /** The settings of config.json. */
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
    s.optionalFlag("reorder_and_upcast_attn"); // affects precision only
    s.optionalCount("n_ctx"); // the old name of n_positions
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
    Gpt2Config config = read(s);
    ModelConfig sizes = config.sizes;
    String root = w.has("transformer.wte.weight") ? "transformer." : "";
    int d = sizes.hiddenSize();
    int inner = sizes.intermediateSize();
    float scale = (float) (1 / Math.sqrt(sizes.headDim()));

    Slot residual = Slot.tokens("residual", d);
    Slot normed = Slot.tokens("normed", d);
    Slot q = Slot.tokens("q", d);
    Slot k = Slot.tokens("k", d);
    Slot v = Slot.tokens("v", d);
    Slot attnOut = Slot.tokens("attn_out", d);
    Slot mlpHidden = Slot.tokens("mlp_hidden", inner);

    Weight wte = w.embedding(root + "wte.weight", sizes.vocabSize(), d, config.tied);
    Weight wpe = w.matrix(root + "wpe.weight", sizes.contextLength(), d);
    List<Op> embedding = List.of(new Op.Embed(wte, residual), new Op.AddPosition(wpe, residual));

    List<List<Op>> layers = new ArrayList<>();
    for (int l = 0; l < sizes.layers(); l++) {
      String block = root + "h." + l + ".";
      FusedQkv qkv = new FusedQkv(w, block + "attn.c_attn", d);
      layers.add(
          List.of(
              w.layerNorm(block + "ln_1", residual, config.epsilon, normed),
              qkv.projection(Module.Q_PROJ.in(l), 0, normed, q),
              qkv.projection(Module.K_PROJ.in(l), 1, normed, k),
              qkv.projection(Module.V_PROJ.in(l), 2, normed, v),
              new Op.AppendKv(l, k, v),
              new Op.Attention(l, q, sizes.heads(), Op.AttentionScores.scaled(scale), attnOut),
              conv1d(w, Module.OUT_PROJ.in(l), block + "attn.c_proj", attnOut, true, residual),
              w.layerNorm(block + "ln_2", residual, config.epsilon, normed),
              conv1d(w, Module.FC_IN.in(l), block + "mlp.c_fc", normed, false, mlpHidden),
              new Op.Activation(mlpHidden, Op.ActivationFunction.GELU_TANH),
              conv1d(w, Module.FC_OUT.in(l), block + "mlp.c_proj", mlpHidden, true, residual)));
    }

    Slot finalHidden = Slot.logitRows("final_hidden", d);
    Slot logits = Slot.logitRows("logits", sizes.vocabSize());
    Weight lmHead = config.tied ? wte : w.matrix("lm_head.weight", sizes.vocabSize(), d);
    w.ignore("lm_head.weight");
    List<Op> head =
        List.of(
            new Op.GatherRows(residual, finalHidden),
            w.layerNorm(root + "ln_f", finalHidden, config.epsilon, finalHidden),
            new Op.Linear("lm_head", finalHidden, lmHead, Optional.empty(), false, logits));
    return new Model(sizes, embedding, layers, head, logits);
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

  /** c_attn: the fused query, key and value projection, stored [d, 3 d]. */
  private record FusedQkv(Weights w, String name, int d) {
    Op projection(String module, int i, Slot in, Slot out) {
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
