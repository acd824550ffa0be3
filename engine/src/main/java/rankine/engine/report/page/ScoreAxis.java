package rankine.engine.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import rankine.engine.stats.Score;

/**
 * The vertical axis of a chart of scores: linear for accuracy and F1, logarithmic for perplexity,
 * so that it is linear in the negative log-likelihood.
 *
 * @param scale of the score, or of its decimal logarithm
 */
record ScoreAxis(Score.Metric metric, LinearScale scale) {
  private static final int MAX_TICKS = 6;

  /** A broken model's perplexity may be infinite; it is drawn at the edge. */
  private static final double MAX_LOGARITHM = 300;

  /**
   * A mark on the axis.
   *
   * @param score that it marks
   * @param at its coordinate
   */
  record AxisTick(double score, double at, String label) {}

  /** Returns an axis from slightly below the lowest score to slightly above the highest. */
  static ScoreAxis of(Score.Metric metric, double lowest, double highest) {
    if (metric == Score.Metric.PERPLEXITY) {
      double low = logarithm(lowest);
      double high = logarithm(highest);
      double margin = Math.max(0.005, 0.04 * (high - low));
      return new ScoreAxis(metric, new LinearScale(low - margin, high + margin, 0, 1));
    }
    double margin = Math.max(0.02, 0.04 * (highest - lowest));
    return new ScoreAxis(
        metric, new LinearScale(Math.max(0, lowest - margin), Math.min(1, highest + margin), 0, 1));
  }

  /** The same scores on other coordinates. */
  ScoreAxis onto(double from, double to) {
    return new ScoreAxis(metric, scale.onto(from, to));
  }

  /** The coordinate of a score. */
  double at(double score) {
    return scale.at(metric == Score.Metric.PERPLEXITY ? logarithm(score) : score);
  }

  private static double logarithm(double perplexity) {
    return Math.clamp(Math.log10(perplexity), -MAX_LOGARITHM, MAX_LOGARITHM);
  }

  /** Round scores within the axis. */
  List<AxisTick> ticks() {
    return metric == Score.Metric.PERPLEXITY ? powers() : shares();
  }

  private List<AxisTick> shares() {
    List<Double> ticks = scale.ticks(MAX_TICKS);
    int decimals = ticks.size() > 1 && ticks.get(1) - ticks.get(0) < 0.0999 ? 2 : 1;
    return ticks.stream()
        .map(
            tick ->
                new AxisTick(
                    tick, scale.at(tick), String.format(Locale.ROOT, "%." + decimals + "f", tick)))
        .toList();
  }

  /** Powers of ten where there are two, else round numbers between. */
  private List<AxisTick> powers() {
    int low = (int) Math.ceil(scale.low() - 1e-9);
    int high = (int) Math.floor(scale.high() + 1e-9);
    List<AxisTick> ticks = new ArrayList<>();
    if (high - low >= 1) {
      int every = Math.ceilDiv(high - low + 1, MAX_TICKS);
      for (int power = low; power <= high; power += every) {
        ticks.add(tick(Math.pow(10, power)));
      }
      return ticks;
    }
    LinearScale values =
        new LinearScale(Math.pow(10, scale.low()), Math.pow(10, scale.high()), 0, 1);
    values.ticks(MAX_TICKS).stream().filter(value -> value > 0).map(this::tick).forEach(ticks::add);
    return ticks;
  }

  private AxisTick tick(double perplexity) {
    return new AxisTick(perplexity, at(perplexity), label(perplexity));
  }

  /** {@code 4.25}, {@code 100}, {@code 1e+05}. */
  private static String label(double perplexity) {
    if (perplexity >= 1e5) {
      return String.format(Locale.ROOT, "%.0e", perplexity);
    }
    String text = String.format(Locale.ROOT, "%.3f", perplexity);
    return text.replaceAll("\\.?0+$", "");
  }
}
