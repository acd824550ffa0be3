package rankine.engine.model;

import java.util.List;
import java.util.Set;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Backend;

/** The supported architectures. A new one takes one file and one line here. */
public final class Architectures {
  private static final List<Architecture> ALL =
      List.of(
          new Gpt2(),
          new GptJ(),
          new GptNeoX(),
          new Opt(),
          new Llama(),
          new Mistral(),
          new Qwen2(),
          new Qwen3(),
          new SmolLm3(),
          new Granite(),
          new Olmo2(),
          new Phi3(),
          new Cohere2(),
          new Gemma(),
          new Gemma2(),
          new Gemma3());

  private Architectures() {}

  /**
   * Returns the sizes of a checkpoint's model, from its config.json only.
   *
   * @throws rankine.common.CheckpointException for an unknown {@code model_type} or a setting that
   *     affects the computation and is not supported
   */
  public static ModelConfig config(Checkpoint checkpoint) {
    Settings settings = checkpoint.config();
    ModelConfig config = of(settings).config(settings);
    settings.finish(Set.of());
    return config;
  }

  /**
   * Loads a checkpoint's model and makes its weights resident on {@code backend}. The checkpoint
   * must stay open while the model is in use.
   *
   * @throws rankine.common.CheckpointException if a part of the checkpoint is missing, has another
   *     shape or type, or is not supported
   * @throws rankine.common.BackendException if the model does not fit the backend's memory
   */
  public static Model load(Checkpoint checkpoint, Backend backend) {
    Settings settings = checkpoint.config();
    Weights weights = new Weights(checkpoint, backend);
    Model model = of(settings).build(settings, weights);
    settings.finish(Set.of());
    weights.finish();
    Model expanded = FactoredWeight.expanded(model);
    backend.prepare(expanded.appendProgram());
    backend.prepare(expanded.scoringProgram());
    return expanded;
  }

  /** Returns the supported values of {@code model_type}. */
  public static List<String> modelTypes() {
    return ALL.stream().map(Architecture::modelType).toList();
  }

  private static Architecture of(Settings settings) {
    String type = settings.text("model_type");
    return ALL.stream()
        .filter(a -> a.modelType().equals(type))
        .findFirst()
        .orElseThrow(
            () -> settings.unsupported("model_type", "one of " + String.join(", ", modelTypes())));
  }
}
