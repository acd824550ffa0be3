package rankine.engine.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.report.RateCurve;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;
import rankine.engine.stats.Score;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.RunIdentity;
import rankine.engine.sweep.TextIdentity;
import rankine.engine.sweep.TextPair;

/**
 * Perplexity against the ratio of parameters removed as an SVG file of its own: one line a method,
 * with 95 % intervals. It shows the test text if every ratio was tested, else the validation text.
 */
public final class RatioFigure {
  private static final double WIDTH = 760;
  private static final double HEIGHT = 460;
  private static final double LEFT = 88;
  private static final double RIGHT = 554;
  private static final double TOP = 56;
  private static final double BOTTOM = 408;
  private static final double LABEL_HEIGHT = 16;
  private static final String TEXT = "#222222";
  private static final String FAINT = "#555555";

  /** Told apart by most colour-blind readers: Okabe and Ito, Color Universal Design, 2008. */
  private static final List<String> COLOURS =
      List.of("#444444", "#CC7A00", "#0072B2", "#009E73", "#B5338A", "#D55E00");

  private final Markup m = new Markup();
  private final TextIdentity texts;
  private final List<RateCurve> curves;
  private final LinearScale x;
  private final ScoreAxis y;

  private RatioFigure(TextIdentity texts, List<RateCurve> curves) {
    this.texts = texts;
    this.curves = curves;
    double[] ratios =
        pruned().mapToDouble(point -> point.rate().value().doubleValue()).sorted().toArray();
    double low = ratios[0];
    double high = ratios[ratios.length - 1];
    double margin = Math.max(0.01, (high - low) / 14);
    this.x = new LinearScale(low - margin, high + margin, LEFT, RIGHT);
    double[] shown =
        curves.stream()
            .flatMap(curve -> curve.points().stream())
            .flatMap(point -> point.interval().stream())
            .flatMapToDouble(i -> DoubleStream.of(i.lower(), i.upper()))
            .sorted()
            .toArray();
    this.y =
        ScoreAxis.of(Score.Metric.PERPLEXITY, shown[0], shown[shown.length - 1]).onto(BOTTOM, TOP);
  }

  /** Returns the figure; none for a run without texts, or without methods for the whole model. */
  public static Optional<String> of(Report report) {
    RunIdentity identity = report.identity();
    for (TaskResult result : report.tasks()) {
      if (result.benchmark() instanceof TextPair) {
        List<RateCurve> test = curves(result, EvaluationSplit.TEST);
        List<RateCurve> curves = test.isEmpty() ? curves(result, EvaluationSplit.VALIDATION) : test;
        if (!curves.isEmpty()) {
          return Optional.of(new RatioFigure(identity.texts().orElseThrow(), curves).draw());
        }
      }
    }
    return Optional.empty();
  }

  /** The curves of methods with at least one ratio above 0. */
  private static List<RateCurve> curves(TaskResult result, EvaluationSplit split) {
    return result.curves(split).stream()
        .filter(curve -> curve.target() instanceof ModelTarget)
        .filter(curve -> curve.points().stream().anyMatch(point -> !point.rate().isZero()))
        .toList();
  }

  private Stream<RateCurve.Point> pruned() {
    return curves.stream()
        .flatMap(curve -> curve.points().stream())
        .filter(point -> !point.rate().isZero());
  }

  private String draw() {
    String text =
        curves.getFirst().split() == EvaluationSplit.TEST
            ? texts.test().name()
            : texts.validation().name();
    String title = "Perplexity on " + text + ", the whole model compressed";
    m.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        NumberText.size(WIDTH, HEIGHT),
        "font-family",
        "sans-serif",
        "font-size",
        "13",
        "role",
        "img",
        "aria-label",
        title + ", against the fraction of parameters removed, by method");
    m.empty("rect", "width", "760", "height", "460", "fill", "#ffffff");
    m.element("text", title, at(16, 24, "font-size", "15", "font-weight", "bold", "fill", TEXT));
    m.element("text", "windows: " + texts.protocol(), at(16, 42, "fill", FAINT));
    axes();
    List<EndLabel> labels = new ArrayList<>();
    plain(labels);
    for (int i = 0; i < curves.size(); i++) {
      line(curves.get(i), COLOURS.get(i % COLOURS.size()), labels);
    }
    place(labels);
    m.close();
    return m.take() + "\n";
  }

  /** Attributes of a text at (x, y). */
  private static String[] at(double x, double y, String... more) {
    List<String> attributes = new ArrayList<>();
    attributes.addAll(List.of("x", NumberText.coordinate(x), "y", NumberText.coordinate(y)));
    attributes.addAll(List.of(more));
    return attributes.toArray(String[]::new);
  }

  private void axes() {
    for (ScoreAxis.AxisTick tick : y.ticks()) {
      String line = NumberText.horizontal(LEFT, RIGHT, tick.at());
      m.empty("path", "d", line, "stroke", "#e2e2e2");
      String[] place = at(LEFT - 8, tick.at() + 4, "text-anchor", "end", "fill", FAINT);
      m.element("text", perplexity(tick.score()), place);
    }
    pruned()
        .map(RateCurve.Point::rate)
        .distinct()
        .sorted()
        .forEach(
            ratio -> {
              double middle = x.at(ratio.value().doubleValue());
              String mark = NumberText.vertical(middle, BOTTOM, BOTTOM + 5);
              m.empty("path", "d", mark, "stroke", "#888888");
              String[] place = at(middle, BOTTOM + 20, "text-anchor", "middle", "fill", FAINT);
              m.element("text", ratio.toString(), place);
            });
    m.empty("path", "d", NumberText.horizontal(LEFT, RIGHT, BOTTOM), "stroke", "#888888");
    m.element(
        "text",
        "ratio: fraction of each matrix's parameters removed",
        at((LEFT + RIGHT) / 2, BOTTOM + 42, "text-anchor", "middle", "fill", TEXT));
  }

  /** {@code 4.25}, {@code 1,000,000}. */
  private static String perplexity(double value) {
    String text = String.format(Locale.ROOT, value < 1000 ? "%.2f" : "%,.0f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  /** The name of a line, to be written beside its right end. */
  private record EndLabel(String text, double y, String colour) {}

  private void plain(List<EndLabel> labels) {
    curves.getFirst().points().stream()
        .filter(point -> point.rate().isZero())
        .findFirst()
        .ifPresent(
            point -> {
              double height = y.at(point.score());
              String line = NumberText.horizontal(LEFT, RIGHT, height);
              m.empty("path", "d", line, "stroke", TEXT, "stroke-dasharray", "4 4");
              String name = "unedited, " + NumberText.general(point.score());
              labels.add(new EndLabel(name, height, TEXT));
            });
  }

  private void line(RateCurve curve, String colour, List<EndLabel> labels) {
    List<RateCurve.Point> points =
        curve.points().stream().filter(point -> !point.rate().isZero()).toList();
    StringBuilder line = new StringBuilder();
    StringBuilder bars = new StringBuilder();
    for (RateCurve.Point point : points) {
      double across = x.at(point.rate().value().doubleValue());
      line.append(line.isEmpty() ? 'M' : 'L').append(NumberText.coordinate(across)).append(' ');
      line.append(NumberText.coordinate(y.at(point.score())));
      point
          .interval()
          .ifPresent(
              i -> {
                bars.append(NumberText.horizontal(across - 4, across + 4, y.at(i.lower())));
                bars.append(NumberText.horizontal(across - 4, across + 4, y.at(i.upper())));
                bars.append(NumberText.vertical(across, y.at(i.lower()), y.at(i.upper())));
              });
    }
    m.open("g", "stroke", colour, "fill", "none");
    m.empty("path", "stroke-width", "2", "d", line.toString());
    m.empty("path", "stroke-width", "1.5", "d", bars.toString());
    m.close().open("g", "fill", colour);
    for (RateCurve.Point point : points) {
      String across = NumberText.coordinate(x.at(point.rate().value().doubleValue()));
      String up = NumberText.coordinate(y.at(point.score()));
      m.empty("circle", "cx", across, "cy", up, "r", "3");
    }
    m.close();
    String name = DisplayNames.series(curve.target());
    labels.add(new EndLabel(name, y.at(points.getLast().score()), colour));
  }

  /** Writes the labels from top to bottom, each below the one before where they would overlap. */
  private void place(List<EndLabel> labels) {
    double free = 0;
    labels.sort(Comparator.comparingDouble(EndLabel::y));
    for (EndLabel label : labels) {
      double height = Math.max(free, label.y + 4);
      m.element("text", label.text, at(RIGHT + 10, height, "fill", label.colour));
      free = height + LABEL_HEIGHT;
    }
  }
}
