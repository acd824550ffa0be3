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
 * one LayerNorm per block, attention and MLP in parallel on its output, rotary position embeddings
 * on interleaved feature pairs, an LM head with bias.
 */
final class GptJ implements Architecture {
  private static final double ROTARY_BASE = 10000;

  @Override
  public String modelType() {
    return "gptj";
  }

  /** The settings of config.json. */
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
    s.optionalCount("n_ctx"); // the old name of n_positions
    int hiddenSize = SizeSettings.width(s, "n_embd");
    int heads = s.count("n_head");
    if (hiddenSize % heads != 0) {
      throw s.unsupported("n_head", "a divisor of n_embd " + hiddenSize);
    }
    int headDim = hiddenSize / heads;
    int rotaryDim = s.count("rotary_dim", headDim);
    if (rotaryDim > headDim || rotaryDim % 2 != 0) {
      throw s.unsupported("rotary_dim", "an even number up to the head size " + headDim);
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
    GptJConfig config = read(s);
    ModelConfig sizes = config.sizes;
    int d = sizes.hiddenSize();
    int headDim = sizes.headDim();
    float scale = (float) (1 / Math.sqrt(headDim));

    Slot residual = Slot.tokens("residual", d);
    Slot normed = Slot.tokens("normed", d);
    Slot q = Slot.tokens("q", d);
    Slot k = Slot.tokens("k", d);
    Slot v = Slot.tokens("v", d);
    Slot attnOut = Slot.tokens("attn_out", d);
    Slot mlpHidden = Slot.tokens("mlp_hidden", sizes.intermediateSize());

    Weight wte = w.embedding("transformer.wte.weight", sizes.vocabSize(), d, config.tied);
    List<Op> embedding = List.of(new Op.Embed(wte, residual));

    List<List<Op>> layers = new ArrayList<>();
    for (int l = 0; l < sizes.layers(); l++) {
      String block = "transformer.h." + l + ".";
      layers.add(
          List.of(
              w.layerNorm(block + "ln_1", residual, config.epsilon, normed),
              w.linear(Module.Q_PROJ.in(l), block + "attn.q_proj", normed, q),
              w.linear(Module.K_PROJ.in(l), block + "attn.k_proj", normed, k),
              w.linear(Module.V_PROJ.in(l), block + "attn.v_proj", normed, v),
              new Op.Rotary(q, sizes.heads(), headDim, config.rotary, Op.Pairing.INTERLEAVED),
              new Op.Rotary(k, sizes.heads(), headDim, config.rotary, Op.Pairing.INTERLEAVED),
              new Op.AppendKv(l, k, v),
              new Op.Attention(l, q, sizes.heads(), Op.AttentionScores.scaled(scale), attnOut),
              w.addLinear(Module.OUT_PROJ.in(l), block + "attn.out_proj", attnOut, residual),
              w.biasedLinear(Module.FC_IN.in(l), block + "mlp.fc_in", normed, mlpHidden),
              new Op.Activation(mlpHidden, Op.ActivationFunction.GELU_TANH),
              w.addBiasedLinear(Module.FC_OUT.in(l), block + "mlp.fc_out", mlpHidden, residual)));
    }

    Slot finalHidden = Slot.logitRows("final_hidden", d);
    Slot logits = Slot.logitRows("logits", sizes.vocabSize());
    Weight lmHead = config.tied ? wte : w.matrix("lm_head.weight", sizes.vocabSize(), d);
    w.ignore("lm_head.weight");
    List<Op> head =
        List.of(
            new Op.GatherRows(residual, finalHidden),
            w.layerNorm("transformer.ln_f", finalHidden, config.epsilon, finalHidden),
            new Op.Linear(
                "lm_head",
                finalHidden,
                lmHead,
                Optional.of(w.vector("lm_head.bias", sizes.vocabSize())),
                false,
                logits));
    return new Model(sizes, embedding, layers, head, logits);
  }
}
