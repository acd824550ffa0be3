package rankine.benchmarks.gguf;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads settings of config.json. */
final class ConfigReader {
  private ConfigReader() {}

  /**
   * Returns a required positive integer.
   *
   * @throws IllegalArgumentException if it is missing or not positive
   */
  static int count(JsonNode config, String key) {
    JsonNode value = config.path(key);
    if (!value.isInt() || value.intValue() < 1) {
      throw new IllegalArgumentException(
          "config.json: %s: expected a positive number, found %s".formatted(key, value));
    }
    return value.intValue();
  }

  /** Refuses a setting that would change the maths. */
  static void mustBeAbsent(JsonNode config, String key) {
    if (config.hasNonNull(key)) {
      throw new IllegalArgumentException(
          "config.json: %s: expected none, found %s".formatted(key, config.get(key)));
    }
  }
}
