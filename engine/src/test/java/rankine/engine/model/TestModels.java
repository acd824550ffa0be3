package rankine.engine.model;

import java.util.List;

/** The golden checkpoints of testdata with random weights, one for each architecture. */
public final class TestModels {
  private static final List<String> ALL =
      List.of(
          "gpt2-f32",
          "gptj-f16",
          "gpt_neox-f16",
          "opt-f16",
          "llama-bf16",
          "mistral-bf16",
          "qwen2-bf16",
          "qwen3-f32",
          "smollm3-bf16",
          "granite-bf16",
          "olmo2-f32",
          "phi3-f16",
          "cohere2-f16",
          "gemma-bf16",
          "gemma2-f32",
          "gemma3_text-bf16");

  private TestModels() {}

  /** Returns the random checkpoints, in the order of {@link Architectures#modelTypes}. */
  public static List<String> all() {
    return ALL;
  }
}
