package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.AttentionScores;

/**
 * The settings that LLaMA and the architectures after it name alike in config.json.
 *
 * @param sizes the sizes
 * @param epsilon of the norms
 * @param tied whether the token embedding is the LM head
 */
record LlamaSettings(ModelConfig sizes, float epsilon, boolean tied) {
  /** The name of the token embedding. */
  static final String TABLE = "model.embed_tokens";

  /** The name of the LM head. */
  String lmHead() {
    return tied ? TABLE : "lm_head";
  }

  /** Full attention, scaled by the size of a head. */
  AttentionScores fullAttention() {
    return AttentionScores.ofHeadDim(sizes.headDim());
  }

  /** As {@link #read(Settings, boolean)}, of a model with SiLU, and without biases. */
  static LlamaSettings readWithoutBiases(Settings s, boolean tiedByDefault) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    s.require("attention_bias", false);
    s.require("mlp_bias", false);
    return read(s, tiedByDefault);
  }

  /**
   * Reads the settings, {@code rms_norm_eps} among them.
   *
   * @param tiedByDefault where {@code tie_word_embeddings} is absent
   */
  static LlamaSettings read(Settings s, boolean tiedByDefault) {
    return read(s, tiedByDefault, SizeSettings.epsilon(s, "rms_norm_eps", 1e-6));
  }

  /** Reads the settings of an architecture that names its epsilon otherwise. */
  static LlamaSettings read(Settings s, boolean tiedByDefault, float epsilon) {
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
            s.text("model_type"),
            s.count("num_hidden_layers"),
            hiddenSize,
            heads,
            kvHeads,
            headDim,
            SizeSettings.width(s, "intermediate_size"),
            s.count("vocab_size"),
            s.count("max_position_embeddings"));
    return new LlamaSettings(sizes, epsilon, s.flag("tie_word_embeddings", tiedByDefault));
  }
}
