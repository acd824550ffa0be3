package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;

/**
 * LLaMA (Touvron et al. 2023), with the semantics of Hugging Face's {@code LlamaForCausalLM}: the
 * {@link LlamaDecoder} as it is.
 */
final class Llama {
  private Llama() {}

  static LlamaDecoder read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    s.require("attention_bias", false);
    s.require("mlp_bias", false);
    s.ignore("pretraining_tp"); // slices the same products
    LlamaSettings settings = LlamaSettings.read(s, false);
    return LlamaDecoder.of(settings, RopeScaling.read(s, settings.sizes().headDim()));
  }
}
