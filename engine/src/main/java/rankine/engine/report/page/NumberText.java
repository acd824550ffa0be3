package rankine.engine.report.page;

import java.util.Locale;
import rankine.engine.stats.Interval;
import rankine.engine.stats.Score;

/** Numbers in display form, the same in every locale. */
final class NumberText {
  private static final double SMALLEST_P = 0.001;

  private NumberText() {}

  /** A fraction of 1: {@code 0.813}. */
  static String share(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** A difference, with its sign: {@code +0.021}, {@code −0.021}, {@code 0.000}. */
  static String change(double value) {
    String size = share(Math.abs(value));
    if (size.equals("0.000")) {
      return size;
    }
    return (value > 0 ? "+" : "−") + size;
  }

  /** A difference's interval: {@code −0.010 to +0.065}. */
  static String change(Interval interval) {
    return change(interval.lower()) + " to " + change(interval.upper());
  }

  /** An interval of fractions: {@code 0.751 to 0.866}. */
  static String share(Interval interval) {
    return share(interval.lower()) + " to " + share(interval.upper());
  }

  /** A score in its unit: {@code 0.813}, a perplexity {@code 12.35}. */
  static String score(Score.Metric metric, double shown) {
    return switch (metric) {
      case ACCURACY, F1 -> share(shown);
      case PERPLEXITY -> general(shown);
    };
  }

  /** A score's interval. */
  static String range(Score.Metric metric, Interval range) {
    return score(metric, range.lower()) + " to " + score(metric, range.upper());
  }

  /**
   * A change in the value that a choice maximizes: {@code +0.021}; for perplexity, whose value is
   * minus the negative log-likelihood per token, the change of the perplexity: {@code −2.08 %}.
   */
  static String change(Score.Metric metric, double value) {
    return switch (metric) {
      case ACCURACY, F1 -> change(value);
      case PERPLEXITY -> percent(100 * Math.expm1(-value));
    };
  }

  /** A change's interval. */
  static String change(Score.Metric metric, Interval interval) {
    return switch (metric) {
      case ACCURACY, F1 -> change(interval);
      case PERPLEXITY ->
          change(metric, interval.upper()) + " to " + change(metric, interval.lower());
    };
  }

  private static String percent(double value) {
    double size = Math.abs(value);
    int decimals = size < 10 ? 2 : size < 100 ? 1 : 0;
    String text = String.format(Locale.ROOT, "%,." + decimals + "f %%", size);
    if (text.equals("0.00 %")) {
      return text;
    }
    return (value > 0 ? "+" : "−") + text;
  }

  /** A p-value: {@code 0.031}, {@code < 0.001}. */
  static String p(double value) {
    return value < SMALLEST_P ? "< 0.001" : share(value);
  }

  /** A p-value within a sentence: {@code p = 0.031}, {@code p < 0.001}. */
  static String pIs(double value) {
    return value < SMALLEST_P ? "p < 0.001" : "p = " + share(value);
  }

  /** {@code 4,096}. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A count with its noun: {@code 1 seed}, {@code 1,024 seeds}. */
  static String count(long value, String singular) {
    return count(value) + " " + singular + (value == 1 ? "" : "s");
  }

  /** A number of any size with four significant digits: {@code 12.35}, {@code 1.235e+07}. */
  static String general(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size >= 1e-3 && size < 1e5) {
      int decimals = Math.clamp(3 - (long) Math.floor(Math.log10(size)), 0, 6);
      return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
    return String.format(Locale.ROOT, "%.3e", value);
  }

  /** A chart's size, for its {@code viewBox}. */
  static String size(double width, double height) {
    return "0 0 " + coordinate(width) + " " + coordinate(height);
  }

  /** A horizontal line, for a path. */
  static String horizontal(double from, double to, double y) {
    return "M" + coordinate(from) + " " + coordinate(y) + "H" + coordinate(to);
  }

  /** A vertical line, for a path. */
  static String vertical(double x, double from, double to) {
    return "M" + coordinate(x) + " " + coordinate(from) + "V" + coordinate(to);
  }

  /** A coordinate of a chart, to a tenth of a unit. */
  static String coordinate(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
