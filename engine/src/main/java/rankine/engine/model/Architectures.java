package rankine.engine.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.Backend;

/** The supported architectures. A new one takes one file and one line here. */
public final class Architectures {
  private static final List<NamedArchitecture> ALL =
      List.of(
          new NamedArchitecture("GPT-2", new Gpt2()),
          new NamedArchitecture("GPT-J", new GptJ()),
          new NamedArchitecture("GPT-NeoX, Pythia", new GptNeoX()),
          new NamedArchitecture("OPT", new Opt()),
          new NamedArchitecture("LLaMA", new Llama()),
          new NamedArchitecture("Mistral", new Mistral()),
          new NamedArchitecture("Qwen2, Qwen2.5", new Qwen2()),
          new NamedArchitecture("Qwen3", new Qwen3()),
          new NamedArchitecture("SmolLM3", new SmolLm3()),
          new NamedArchitecture("Granite 3", new Granite()),
          new NamedArchitecture("OLMo 2", new Olmo2()),
          new NamedArchitecture("Phi-3, Phi-4-mini", new Phi3()),
          new NamedArchitecture("Command R7B", new Cohere2()),
          new NamedArchitecture("Gemma", new Gemma()),
          new NamedArchitecture("Gemma 2", new Gemma2()),
          new NamedArchitecture("Gemma 3 (text)", new Gemma3()));

  /** An architecture and the names of its models, for people. */
  private record NamedArchitecture(String family, Architecture architecture) {
    String modelType() {
      return architecture.modelType();
    }
  }

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
    ModelConfig config = of(text).config(text);
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
    Model model = of(part.settings()).build(part.settings(), weights);
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
    return ALL.stream().map(NamedArchitecture::modelType).toList();
  }

  /** Returns the names of the models of each {@code model_type}, in the same order. */
  public static SequencedMap<String, String> families() {
    SequencedMap<String, String> families = new LinkedHashMap<>();
    ALL.forEach(entry -> families.put(entry.modelType(), entry.family));
    return families;
  }

  private static Architecture of(Settings settings) {
    String type = settings.text("model_type");
    return ALL.stream()
        .filter(entry -> entry.modelType().equals(type))
        .map(NamedArchitecture::architecture)
        .findFirst()
        .orElseThrow(
            () ->
                settings.unsupported(
                    "model_type",
                    "one of %s, or %s with a text_config"
                        .formatted(
                            String.join(", ", modelTypes()),
                            String.join(", ", TextPart.MULTIMODAL.keySet()))));
  }
}
