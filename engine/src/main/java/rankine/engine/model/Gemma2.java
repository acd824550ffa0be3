package rankine.engine.model;

import java.util.List;
import java.util.OptionalDouble;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.AttentionScores;
import rankine.kernels.RotaryFrequencies;

/**
 * Gemma 2 (Gemma Team 2024), with the semantics of Hugging Face's {@code Gemma2ForCausalLM}: the
 * {@link GemmaDecoder} with caps on the attention scores and on the logits, and a window on every
 * other layer.
 */
final class Gemma2 {
  private Gemma2() {}

  static GemmaDecoder read(Settings s) {
    s.oneOf("hidden_activation", "gelu_pytorch_tanh", List.of("gelu_pytorch_tanh"));
    s.ignore("hidden_act", "cache_implementation"); // the MLP reads hidden_activation
    s.require("attention_bias", false);
    LlamaSettings settings = LlamaSettings.read(s, true);
    RotaryFrequencies rotary = RopeScaling.read(s, settings.sizes().headDim());
    double scale = 1 / Math.sqrt(s.count("query_pre_attn_scalar"));
    AttentionScores full =
        AttentionScores.scaled((float) scale).withSoftCap(cap(s, "attn_logit_softcapping"));
    return new GemmaDecoder(
        settings,
        false,
        _ -> rotary,
        LayerTypes.scores(s, settings.sizes().layers(), full, layer -> layer % 2 == 0),
        OptionalDouble.of(cap(s, "final_logit_softcapping")));
  }

  private static float cap(Settings s, String key) {
    float cap = (float) s.number(key);
    if (!(cap > 0 && Float.isFinite(cap))) {
      throw s.unsupported(key, "a positive number");
    }
    return cap;
  }
}
