package rankine.engine.model;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Backend;

/** The architectures that can be loaded. A new one is a file and a line here. */
public final class Architectures {
  private static final List<Architecture> ALL = List.of(new Gpt2(), new GptJ(), new Llama());

  private Architectures() {}

  /**
   * The sizes of a checkpoint's model, from its config.json alone.
   *
   * @throws rankine.common.CheckpointException for an unknown {@code model_type} or a setting that
   *     would change the maths and is not supported
   */
  public static ModelConfig config(Checkpoint checkpoint) {
    Settings settings = checkpoint.config();
    ModelConfig config = of(settings).config(settings);
    settings.finish(Set.of());
    return config;
  }

  /**
   * Loads a checkpoint's model: its weights become resident on {@code backend}. The checkpoint must
   * stay open as long as the model is used.
   *
   * @throws rankine.common.CheckpointException for anything in the checkpoint that is missing, of
   *     another shape or type, or not supported
   * @throws rankine.common.BackendException if the backend has no room for it
   */
  public static Model load(Checkpoint checkpoint, Backend backend) {
    Settings settings = checkpoint.config();
    Weights weights = new Weights(checkpoint, backend);
    Model model = of(settings).build(settings, weights);
    settings.finish(Set.of());
    weights.finish();
    Model whole = FactoredWeight.expanded(model);
    backend.prepare(whole.appending());
    backend.prepare(whole.scoring());
    return whole;
  }

  private static Architecture of(Settings settings) {
    String type = settings.text("model_type");
    return ALL.stream()
        .filter(a -> a.modelType().equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                settings.unsupported(
                    "model_type",
                    "one of "
                        + ALL.stream()
                            .map(Architecture::modelType)
                            .collect(Collectors.joining(", "))));
  }
}
