package rankine.engine.checkpoint;

import java.util.List;
import java.util.Set;

/**
 * Keys of {@code config.json} that cannot change the logits of a decoder-only model: the keys that
 * the base configuration class of Hugging Face transformers writes for every model (book-keeping,
 * training, generation defaults, output selection), and dropout, which applies in training only.
 *
 * <p>Not in the list, although every model may have them: {@code tie_word_embeddings}, {@code
 * pruned_heads}, {@code is_encoder_decoder}, {@code add_cross_attention}, {@code
 * quantization_config} and {@code auto_map}. These can change the logits.
 */
final class IgnoredSettings {
  private static final Set<String> KEYS =
      Set.of(
          // Book-keeping.
          "architectures",
          "dtype",
          "finetuning_task",
          "id2label",
          "label2id",
          "num_labels",
          "problem_type",
          "task_specific_params",
          "tokenizer_class",
          "torch_dtype",
          "transformers_version",
          // Training and execution.
          "chunk_size_feed_forward",
          "gradient_checkpointing",
          "initializer_range",
          "is_decoder",
          "output_past",
          "predict_special_tokens",
          "tf_legacy_loss",
          "tie_encoder_decoder",
          "torchscript",
          "use_bfloat16",
          "use_cache",
          // Output selection.
          "output_attentions",
          "output_hidden_states",
          "output_scores",
          "return_dict",
          "return_dict_in_generate",
          "use_return_dict",
          // Generation defaults.
          "bad_words_ids",
          "begin_suppress_tokens",
          "diversity_penalty",
          "do_sample",
          "early_stopping",
          "encoder_no_repeat_ngram_size",
          "exponential_decay_length_penalty",
          "length_penalty",
          "max_length",
          "max_new_tokens",
          "min_length",
          "no_repeat_ngram_size",
          "num_beam_groups",
          "num_beams",
          "num_return_sequences",
          "prefix",
          "remove_invalid_values",
          "repetition_penalty",
          "suppress_tokens",
          "temperature",
          "top_k",
          "top_p",
          "typical_p");

  private static final List<String> PREFIXES = List.of("_", "summary_");
  private static final List<String> SUFFIXES = List.of("_token_id", "dropout", "_pdrop");

  private IgnoredSettings() {}

  static boolean contains(String key) {
    return KEYS.contains(key)
        || PREFIXES.stream().anyMatch(key::startsWith)
        || SUFFIXES.stream().anyMatch(key::endsWith);
  }
}
