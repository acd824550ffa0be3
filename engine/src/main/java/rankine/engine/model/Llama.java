package rankine.engine.model;

import rankine.engine.checkpoint.Settings;

/**
 * LLaMA (Touvron et al. 2023), with the semantics of Hugging Face's {@code LlamaForCausalLM}: the
 * {@link LlamaDecoder} as it is.
 */
final class Llama {
  private Llama() {}

  static LlamaDecoder read(Settings s) {
    s.ignore("pretraining_tp"); // slices the same products
    LlamaSettings settings = LlamaSettings.readWithoutBiases(s, false);
    return LlamaDecoder.of(settings, RopeScaling.read(s, settings.sizes().headDim()));
  }
}
