package rankine.engine.model;

import rankine.engine.checkpoint.Settings;

/** A transformer architecture: reads its settings and builds its programs. */
sealed interface Architecture
    permits Cohere2,
        Gemma,
        Gemma2,
        Gemma3,
        Gpt2,
        GptJ,
        GptNeoX,
        Granite,
        Llama,
        Mistral,
        Olmo2,
        Opt,
        Phi3,
        Qwen2,
        Qwen3,
        SmolLm3 {
  /** Returns the {@code model_type} of config.json. */
  String modelType();

  /**
   * Returns the sizes. Reads every setting that affects the computation and rejects unsupported
   * values.
   */
  ModelConfig config(Settings settings);

  /** Builds the programs. Takes the weights from {@code w} by name and checks their shapes. */
  Model build(Settings settings, Weights w);
}
