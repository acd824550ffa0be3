package rankine.engine.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.engine.checkpoint.Settings;
import rankine.engine.checkpoint.TensorInfo;

/**
 * The text model in a checkpoint: the whole checkpoint, or a part of a multimodal one, whose
 * settings are in {@code text_config} and whose tensors have a prefix.
 *
 * @param settings those of the text model
 * @param prefix before the names of its tensors
 * @param root replaces {@code model.} at the start of its tensors' names; empty: nothing does
 * @param whole the multimodal {@code model_type}; empty if the text model is all
 */
record TextPart(Settings settings, String prefix, String root, Optional<String> whole) {
  private static final String GEMMA3 = "gemma3";

  /** The multimodal types, with the type of their text part. */
  static final Map<String, String> MULTIMODAL = Map.of(GEMMA3, "gemma3_text");

  private static final List<String> OTHERS = List.of("vision_tower.", "multi_modal_projector.");

  private static final String TEXT_CONFIG = "text_config";

  /**
   * Defaults of transformers' {@code Gemma3TextConfig}, which published folders leave out, as far
   * as a {@code gemma3_text} folder must give them.
   */
  private static final String GEMMA3_DEFAULTS =
      """
      {"model_type": "gemma3_text", "vocab_size": 262208, "num_attention_heads": 8,
       "num_key_value_heads": 4, "head_dim": 256, "max_position_embeddings": 131072}
      """;

  /** Finds the text model that {@code top}, the settings of config.json, describes. */
  static TextPart of(Settings top, List<TensorInfo> tensors) {
    if (!top.text("model_type").equals(GEMMA3) || !top.has(TEXT_CONFIG)) {
      return new TextPart(top, "", "", Optional.empty());
    }
    // Sizes of pictures, and the ids that stand for them.
    top.ignore(
        "vision_config",
        "mm_tokens_per_image",
        "image_token_index",
        "boi_token_index",
        "eoi_token_index");
    top.require("tie_word_embeddings", true);
    Settings text = top.objectOver(TEXT_CONFIG, GEMMA3_DEFAULTS);
    text.require("model_type", MULTIMODAL.get(GEMMA3));
    boolean newer = tensors.stream().anyMatch(t -> t.name().startsWith("model.language_model."));
    return new TextPart(
        text,
        newer ? "" : "language_model.",
        newer ? "model.language_model." : "",
        Optional.of(GEMMA3));
  }

  /** Returns the stored name of a tensor of the text model. */
  String stored(String name) {
    String rooted =
        !root.isEmpty() && name.startsWith("model.")
            ? root + name.substring("model.".length())
            : name;
    return prefix + rooted;
  }

  /** Returns whether a tensor belongs to another part of a multimodal model. */
  boolean isOther(String storedName) {
    return whole.isPresent()
        && OTHERS.stream()
            .anyMatch(
                part -> storedName.startsWith(part) || storedName.startsWith("model." + part));
  }

  /** Says what of a multimodal checkpoint is loaded and what is not. */
  List<String> notes(List<TensorInfo> tensors) {
    if (whole.isEmpty()) {
      return List.of();
    }
    long others = tensors.stream().map(TensorInfo::name).filter(this::isOther).count();
    return List.of(
        "model_type %s is multimodal: its text part (text_config, tensors %s*) is loaded, %d tensors of"
                .formatted(whole.get(), prefix + root, others)
            + " the vision part are not");
  }
}
