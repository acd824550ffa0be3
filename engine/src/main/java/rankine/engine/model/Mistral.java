package rankine.engine.model;

import java.util.List;
import rankine.engine.checkpoint.Settings;

/**
 * Mistral (Jiang et al. 2023), with the semantics of Hugging Face's {@code MistralForCausalLM}:
 * LLaMA with one window for all layers where {@code sliding_window} is given.
 */
final class Mistral implements Architecture {
  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public ModelConfig config(Settings s) {
    return read(s).settings().sizes();
  }

  @Override
  public Model build(Settings s, Weights w) {
    return read(s).build(w);
  }

  private LlamaDecoder read(Settings s) {
    s.oneOf("hidden_act", "silu", List.of("silu"));
    LlamaSettings settings = LlamaSettings.read(s, modelType(), false);
    return LlamaDecoder.of(settings, RopeScaling.read(s, settings.sizes().headDim()))
        .withScores(LayerTypes.oneWindow(s, settings.fullAttention()));
  }
}
