package rankine.engine.model;

import rankine.engine.checkpoint.Settings;

/** Settings that the architectures read and check alike. */
final class SizeSettings {
  /** Features of a row at most: products of a few such sizes stay far from 2^63. */
  private static final int MAX_WIDTH = 1 << 24;

  private static final String TOO_WIDE = "at most " + MAX_WIDTH + " features";

  private SizeSettings() {}

  /** A number of features. */
  static int width(Settings s, String key) {
    return checkWidth(s, key, s.count(key));
  }

  /** A number of features, {@code fallback} if absent. */
  static int width(Settings s, String key, int fallback) {
    return checkWidth(s, key, s.count(key, fallback));
  }

  /** Refuses {@code features}, which follow from the setting {@code key}, if they are too many. */
  static int checkWidth(Settings s, String key, long features) {
    if (features > MAX_WIDTH) {
      throw s.unsupported(key, TOO_WIDE);
    }
    return (int) features;
  }

  /** The epsilon of a norm. */
  static float epsilon(Settings s, String key, double fallback) {
    double epsilon = s.number(key, fallback);
    if (epsilon < 0) {
      throw s.unsupported(key, "0 or a positive number");
    }
    return (float) epsilon;
  }
}
