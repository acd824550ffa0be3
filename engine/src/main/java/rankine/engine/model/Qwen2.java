package rankine.engine.model;

import java.util.List;
import java.util.function.IntFunction;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.AttentionScores;

/**
 * Qwen2 and Qwen2.5 (Yang et al. 2024), with the semantics of Hugging Face's {@code
 * Qwen2ForCausalLM}: LLaMA with biases of q, k and v, and a window from layer {@code
 * max_window_layers} on where {@code use_sliding_window} says so.
 */
final class Qwen2 {
  private Qwen2() {}

  static LlamaDecoder read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    LlamaSettings settings = LlamaSettings.read(s, false);
    return LlamaDecoder.of(settings, RopeScaling.read(s, settings.sizes().headDim()))
        .withQkvBiases()
        .withScores(scores(s, settings));
  }

  /** The attention of each layer of Qwen2 and Qwen3. */
  static IntFunction<AttentionScores> scores(Settings s, LlamaSettings settings) {
    double first = s.number("max_window_layers", 28);
    return LayerTypes.scoresIfUsed(
        s,
        settings.sizes().layers(),
        settings.fullAttention(),
        LayerTypes.windowOrDefault(s),
        layer -> layer >= first);
  }
}
