package rankine.engine.model;

import rankine.engine.checkpoint.Settings;

/** Reads and checks settings common to the architectures. */
final class SizeSettings {
  /** Limit of features per row: products of several such sizes stay far below 2^63. */
  private static final int MAX_WIDTH = 1 << 24;

  private static final String TOO_WIDE = "at most " + MAX_WIDTH + " features";

  private SizeSettings() {}

  /** Returns a number of features. */
  static int width(Settings s, String key) {
    return checkWidth(s, key, s.count(key));
  }

  /** Returns a number of features, {@code fallback} if absent. */
  static int width(Settings s, String key, int fallback) {
    return checkWidth(s, key, s.count(key, fallback));
  }

  /** Checks {@code features}, derived from the setting {@code key}, against the limit. */
  static int checkWidth(Settings s, String key, long features) {
    if (features > MAX_WIDTH) {
      throw s.unsupported(key, TOO_WIDE);
    }
    return (int) features;
  }

  /**
   * Returns a number of heads that share {@code features} evenly.
   *
   * @param key its name
   * @param ofFeatures the name of the setting {@code features}
   */
  static int heads(Settings s, String key, String ofFeatures, int features) {
    int heads = s.count(key);
    if (features % heads != 0) {
      throw s.unsupported(key, "a divisor of %s %d".formatted(ofFeatures, features));
    }
    return heads;
  }

  /** Returns the epsilon of a norm. */
  static float epsilon(Settings s, String key, double fallback) {
    double epsilon = s.number(key, fallback);
    if (epsilon < 0) {
      throw s.unsupported(key, "a number of at least 0");
    }
    return (float) epsilon;
  }
}
