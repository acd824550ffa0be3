package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;

/**
 * Qwen3 (Yang et al. 2025), with the semantics of Hugging Face's {@code Qwen3ForCausalLM}: LLaMA
 * with norms of the heads of q and k, and the windows of Qwen2.
 */
final class Qwen3 {
  private Qwen3() {}

  static LlamaDecoder read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    s.require("attention_bias", false);
    LlamaSettings settings = LlamaSettings.read(s, false);
    return LlamaDecoder.of(settings, RopeScaling.read(s, settings.sizes().headDim()))
        .withHeadNorms()
        .withScores(Qwen2.scores(s, settings));
  }
}
