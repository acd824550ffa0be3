package rankine.engine.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.RateCurve;
import rankine.engine.stats.Score;

/**
 * A small chart of the score by pruning rate or ratio: one line per module or method. The rates are
 * spaced equally, because the paper's rates cluster near 1.
 *
 * @param axis name of the horizontal axis
 * @param rates on the axis, ascending
 * @param scores the vertical axis, the same for all charts of a task
 */
record RatePanel(SeriesMarkers markers, String axis, List<PruningRate> rates, ScoreAxis scores) {
  private static final double WIDTH = 280;
  private static final double HEIGHT = 176;
  private static final double LEFT = 34;
  private static final double RIGHT = 272;
  private static final double TOP = 8;
  private static final double BOTTOM = 138;

  /** Minimum distance of two labels; closer labels are thinned to every second or third. */
  private static final double MIN_LABEL_DISTANCE = 26;

  /**
   * Horizontal offset between the markers of two lines at one rate, so that no bar hides another.
   */
  private static final double DODGE = 5;

  /**
   * Draws the lines of one layer.
   *
   * @param curves at least one
   */
  void draw(Markup m, String caption, List<RateCurve> curves) {
    m.open("figure").element("figcaption", caption);
    String title = m.id("chart");
    m.open(
        "svg", "viewBox", NumberText.size(WIDTH, HEIGHT), "role", "img", "aria-labelledby", title);
    m.element("title", caption + ": " + description(curves), "id", title);
    axes(m);
    plain(m, curves.getFirst());
    for (int i = 0; i < curves.size(); i++) {
      draw(m, curves.get(i), (i - (curves.size() - 1) / 2.0) * DODGE);
    }
    m.close().close();
  }

  private String description(List<RateCurve> curves) {
    List<String> lines = new ArrayList<>();
    for (RateCurve curve : curves) {
      List<String> points =
          curve.points().stream()
              .map(p -> p.rate() + ": " + NumberText.score(scores.metric(), p.score()))
              .toList();
      lines.add(DisplayNames.series(curve.target()) + " " + String.join(", ", points));
    }
    return scores.metric().label() + " by " + axis + ". " + String.join("; ", lines);
  }

  private void axes(Markup m) {
    ScoreAxis y = scores.onto(BOTTOM, TOP);
    for (ScoreAxis.AxisTick tick : y.ticks()) {
      String at = NumberText.coordinate(tick.at());
      m.empty("path", "class", "grid", "d", NumberText.horizontal(LEFT, RIGHT, tick.at()));
      m.element(
          "text",
          tick.label(),
          "class",
          "end",
          "x",
          NumberText.coordinate(LEFT - 5),
          "y",
          at,
          "dy",
          "3.5");
    }
    int every = (int) Math.ceil(MIN_LABEL_DISTANCE / Math.max(1, step()));
    for (int i = 0; i < rates.size(); i++) {
      String x = NumberText.coordinate(x(i));
      m.empty("path", "class", "axis", "d", NumberText.vertical(x(i), BOTTOM, BOTTOM + 4));
      // Counts from the last label, the most important one.
      if ((rates.size() - 1 - i) % every == 0) {
        m.element(
            "text",
            rates.get(i).toString(),
            "class",
            "middle rate",
            "x",
            x,
            "y",
            NumberText.coordinate(BOTTOM + 15));
      }
    }
    m.empty("path", "class", "axis", "d", NumberText.horizontal(LEFT, RIGHT, BOTTOM));
    String middle = NumberText.coordinate((LEFT + RIGHT) / 2);
    m.element(
        "text", axis, "class", "middle", "x", middle, "y", NumberText.coordinate(BOTTOM + 32));
  }

  private double step() {
    return (RIGHT - LEFT) / rates.size();
  }

  private double x(int rate) {
    return LEFT + (rate + 0.5) * step();
  }

  /** Draws the unedited model: a horizontal line, and a marker at rate 0 where all lines begin. */
  private void plain(Markup m, RateCurve curve) {
    Optional<RateCurve.Point> plain =
        curve.points().stream().filter(p -> p.rate().isZero()).findFirst();
    if (plain.isEmpty()) {
      return;
    }
    ScoreAxis y = scores.onto(BOTTOM, TOP);
    double at = y.at(plain.get().score());
    m.empty("path", "class", "plain", "d", NumberText.horizontal(LEFT, RIGHT, at));
    double x = x(rates.indexOf(plain.get().rate()));
    m.open("g", "class", "muted");
    m.element("title", "unedited: " + values(plain.get()));
    uncertainty(m, List.of(plain.get()), 0);
    SeriesMarkers.drawPlain(m, x, at);
    m.close();
  }

  private void draw(Markup m, RateCurve curve, double dodge) {
    ScoreAxis y = scores.onto(BOTTOM, TOP);
    List<RateCurve.Point> pruned = curve.points().stream().filter(p -> !p.rate().isZero()).toList();
    String series = DisplayNames.series(curve.target());
    m.open("g", "class", markers.colour(series));
    m.empty("path", "class", "line", "d", line(curve.points(), dodge));
    uncertainty(m, pruned, dodge);
    for (RateCurve.Point point : pruned) {
      String name = series + ", " + curve.target().axis() + " " + point.rate();
      m.open("g").element("title", name + ": " + values(point));
      double x = x(rates.indexOf(point.rate())) + dodge;
      markers.draw(m, series, x, y.at(point.score()));
      m.close();
    }
    m.close();
  }

  /** Joins adjacent rates only: the line has a gap at a rate without a point. */
  private String line(List<RateCurve.Point> points, double dodge) {
    ScoreAxis y = scores.onto(BOTTOM, TOP);
    StringBuilder path = new StringBuilder();
    int last = -2;
    for (RateCurve.Point point : points) {
      int rate = rates.indexOf(point.rate());
      double x = x(rate) + (point.rate().isZero() ? 0 : dodge);
      path.append(rate == last + 1 ? 'L' : 'M').append(NumberText.coordinate(x)).append(' ');
      path.append(NumberText.coordinate(y.at(point.score())));
      last = rate;
    }
    return path.toString();
  }

  private void uncertainty(Markup m, List<RateCurve.Point> points, double dodge) {
    ScoreAxis y = scores.onto(BOTTOM, TOP);
    StringBuilder bars = new StringBuilder();
    StringBuilder seeds = new StringBuilder();
    for (RateCurve.Point point : points) {
      double x = x(rates.indexOf(point.rate())) + dodge;
      point
          .interval()
          .ifPresent(
              i ->
                  bars.append('M')
                      .append(NumberText.coordinate(x))
                      .append(' ')
                      .append(NumberText.coordinate(y.at(i.lower())))
                      .append('V')
                      .append(NumberText.coordinate(y.at(i.upper()))));
      if (point.bySeed().size() > 1) {
        for (double seed : point.bySeed()) {
          seeds.append('M').append(NumberText.coordinate(x - 2)).append(' ');
          seeds.append(NumberText.coordinate(y.at(seed))).append("h4");
        }
      }
    }
    if (!bars.isEmpty()) {
      m.empty("path", "class", "bars", "d", bars.toString());
    }
    if (!seeds.isEmpty()) {
      m.empty("path", "class", "seeds", "d", seeds.toString());
    }
  }

  /** {@code 0.813 (0.751 to 0.866), n = 200}. */
  private String values(RateCurve.Point point) {
    Score.Metric metric = scores.metric();
    String interval =
        point.interval().map(i -> " (" + NumberText.range(metric, i) + ")").orElse("");
    return NumberText.score(metric, point.score()) + interval + ", n = " + point.n();
  }
}
