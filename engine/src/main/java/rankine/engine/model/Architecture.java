package rankine.engine.model;

/**
 * A transformer architecture with the settings of a {@code config.json}. Its {@code read} reads
 * every setting that affects the computation and rejects unsupported values.
 */
sealed interface Architecture
    permits Cohere2,
        Gemma,
        GemmaDecoder,
        Gpt2,
        GptJ,
        GptNeoX,
        Granite,
        LlamaDecoder,
        Olmo2,
        Opt,
        Phi3 {
  /** Returns the sizes. */
  ModelConfig sizes();

  /** Builds the programs. Takes the weights from {@code w} by name and checks their shapes. */
  Model build(Weights w);
}
