package rankine.engine.model;

import rankine.engine.checkpoint.Settings;

/** A family of transformers: how to read its settings, and how its blocks are made. */
sealed interface Architecture permits Gpt2, GptJ, Llama {
  /** The {@code model_type} of config.json. */
  String modelType();

  /**
   * The sizes. Reads every setting that the maths depends on and refuses values it cannot honour.
   */
  ModelConfig config(Settings settings);

  /** The programs, with their weights taken, by name and with their shapes checked, from w. */
  Model build(Settings settings, Weights w);
}
