package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;

/**
 * Mistral (Jiang et al. 2023), with the semantics of Hugging Face's {@code MistralForCausalLM}:
 * LLaMA with one window for all layers unless {@code sliding_window} is null.
 */
final class Mistral {
  private Mistral() {}

  static LlamaDecoder read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    LlamaSettings settings = LlamaSettings.read(s, false);
    return LlamaDecoder.of(settings, RopeScaling.read(s, settings.sizes().headDim()))
        .withScores(LayerTypes.oneWindow(LayerTypes.windowOrDefault(s), settings.fullAttention()));
  }
}
