package rankine.engine.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Backend;

/** The supported architectures. A new one takes one file and one line here. */
public final class Architectures {
  private static final List<Family> ALL =
      List.of(
          new Family("gpt2", "GPT-2", Gpt2::read),
          new Family("gptj", "GPT-J", GptJ::read),
          new Family("gpt_neox", "GPT-NeoX, Pythia", GptNeoX::read),
          new Family("opt", "OPT", Opt::read),
          new Family("llama", "LLaMA", Llama::read),
          new Family("mistral", "Mistral", Mistral::read),
          new Family("qwen2", "Qwen2, Qwen2.5", Qwen2::read),
          new Family("qwen3", "Qwen3", Qwen3::read),
          new Family("smollm3", "SmolLM3", SmolLm3::read),
          new Family("granite", "Granite 3", Granite::read),
          new Family("olmo2", "OLMo 2", Olmo2::read),
          new Family("phi3", "Phi-3, Phi-4-mini", Phi3::read),
          new Family("cohere2", "Command R7B", Cohere2::read),
          new Family("gemma", "Gemma", Gemma::read),
          new Family("gemma2", "Gemma 2", Gemma2::read),
          new Family("gemma3_text", "Gemma 3 (text)", Gemma3::read));

  /**
   * A row of the table.
   *
   * @param modelType {@code model_type} in config.json
   * @param models the names of its models, for people
   * @param read reads the other settings
   */
  private record Family(String modelType, String models, Function<Settings, Architecture> read) {}

  private Architectures() {}

  /**
   * Returns the sizes of a checkpoint's model, from its config.json only.
   *
   * @throws rankine.common.CheckpointException for an unknown {@code model_type} or a setting that
   *     affects the computation and is not supported
   */
  public static ModelConfig config(Checkpoint checkpoint) {
    Settings settings = checkpoint.config();
    Settings text = TextPart.of(settings, checkpoint.tensors()).settings();
    ModelConfig config = read(text).sizes();
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
    Model model = build(checkpoint, backend, false);
    prepare(model, backend);
    model.forLongSequences().ifPresent(longer -> prepare(longer, backend));
    return model;
  }

  /**
   * Returns a checkpoint's model for its structure alone: all checks of {@link #load}, in the time
   * of reading some small tensors. It must not run.
   *
   * @throws rankine.common.CheckpointException as {@link #load}
   */
  public static Model structure(Checkpoint checkpoint, Backend backend) {
    return build(checkpoint, backend, true);
  }

  private static Model build(Checkpoint checkpoint, Backend backend, boolean shapesOnly) {
    Settings settings = checkpoint.config();
    TextPart part = TextPart.of(settings, checkpoint.tensors());
    Weights weights = new Weights(checkpoint, part, backend, shapesOnly);
    Model model = read(part.settings()).build(weights);
    settings.finish(Set.of());
    weights.finish();
    return FactoredWeight.expanded(model);
  }

  private static void prepare(Model model, Backend backend) {
    backend.prepare(model.appendProgram());
    backend.prepare(model.scoringProgram());
  }

  /** Returns sentences for the user: which part of a multimodal checkpoint is loaded. */
  public static List<String> notes(Checkpoint checkpoint) {
    return TextPart.of(checkpoint.config(), checkpoint.tensors()).notes(checkpoint.tensors());
  }

  /** Returns the supported values of {@code model_type}. */
  public static List<String> modelTypes() {
    return ALL.stream().map(Family::modelType).toList();
  }

  /** Returns the names of the models of each {@code model_type}, in the same order. */
  public static SequencedMap<String, String> families() {
    SequencedMap<String, String> families = new LinkedHashMap<>();
    ALL.forEach(entry -> families.put(entry.modelType, entry.models));
    return families;
  }

  private static Architecture read(Settings settings) {
    String type = settings.text("model_type");
    return ALL.stream()
        .filter(entry -> entry.modelType.equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                settings.unsupported(
                    "model_type",
                    "one of %s, or %s with a text_config"
                        .formatted(
                            String.join(", ", modelTypes()),
                            String.join(", ", TextPart.MULTIMODAL.keySet()))))
        .read
        .apply(settings);
  }
}
