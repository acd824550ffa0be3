package rankine.benchmarks;

import java.util.Locale;

/** Numbers for reports. */
final class FigureText {
  private FigureText() {}

  /** Rounds to three digits, at most three of them decimals: 0.012, 1.23, 12.3, 1234. */
  static String show(double value) {
    double magnitude = Math.abs(value);
    int decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.9995 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** Median (minimum–maximum). */
  static String spread(Measurements samples) {
    return "%s (%s–%s)".formatted(show(samples.median()), show(samples.min()), show(samples.max()));
  }
}
