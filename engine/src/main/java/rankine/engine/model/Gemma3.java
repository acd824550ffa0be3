package rankine.engine.model;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.AttentionScores;
import rankine.kernels.RotaryFrequencies;

/**
 * The text model of Gemma 3 (Gemma Team 2025), with the semantics of Hugging Face's {@code
 * Gemma3ForCausalLM}: the {@link GemmaDecoder} with norms of the heads of q and k in place of Gemma
 * 2's caps; most layers have a window and rotary frequencies of their own.
 */
final class Gemma3 {
  private static final double DEFAULT_THETA = 1e6;

  private Gemma3() {}

  static GemmaDecoder read(Settings s) {
    s.oneOf("hidden_activation", "gelu_pytorch_tanh", List.of("gelu_pytorch_tanh"));
    s.ignore("cache_implementation"); // how Hugging Face stores keys and values
    s.require("attention_bias", false);
    s.require("use_bidirectional_attention", false);
    s.require("attn_logit_softcapping");
    s.require("final_logit_softcapping");
    LlamaSettings settings = LlamaSettings.read(s, true);
    int layers = settings.sizes().layers();
    int headDim = settings.sizes().headDim();
    RotaryFrequencies full =
        RopeScaling.ofLayerType(s, LayerTypes.FULL, headDim, DEFAULT_THETA)
            .orElseGet(() -> RopeScaling.read(s, headDim, DEFAULT_THETA));
    RotaryFrequencies local =
        RopeScaling.ofLayerType(s, LayerTypes.WINDOWED, headDim, RopeScaling.DEFAULT_THETA)
            .orElseGet(() -> RopeScaling.unscaled(s, "rope_local_base_freq", headDim));
    int pattern = s.count("sliding_window_pattern", 6);
    IntPredicate otherwise = layer -> (layer + 1) % pattern != 0;
    IntPredicate windowed = LayerTypes.windowed(s, layers, otherwise);
    double scale = 1 / Math.sqrt(s.count("query_pre_attn_scalar", 256));
    return new GemmaDecoder(
        settings,
        true,
        layer -> windowed.test(layer) ? local : full,
        LayerTypes.scores(s, layers, AttentionScores.scaled((float) scale), otherwise),
        OptionalDouble.empty());
  }
}
