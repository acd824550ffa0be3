package rankine.engine.report.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import rankine.engine.edit.Edit;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.RateCurve;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;

/** Writes the score by pruning rate: a small chart per layer, and the same numbers as a table. */
final class CurvesSection {
  private final Report report;
  private final Markup m;
  private final List<PruningRate> rates;

  private CurvesSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
    this.rates = report.coverage().rates();
  }

  static String of(Report report, Markup m) {
    CurvesSection section = new CurvesSection(report, m);
    report.tasks().forEach(section::task);
    return m.take();
  }

  private void task(TaskResult task) {
    m.element("h3", DisplayNames.of(task.task()));
    LinearScale scoreScale = scoreScale(task.curves());
    boolean drawn = charts(task, EvaluationSplit.VALIDATION, scoreScale);
    drawn |= charts(task, EvaluationSplit.TEST, scoreScale);
    if (!drawn) {
      m.element("p", "Not evaluated yet.", "class", "muted");
    }
  }

  private boolean charts(TaskResult task, EvaluationSplit split, LinearScale scoreScale) {
    Map<Integer, List<RateCurve>> layers = new LinkedHashMap<>();
    for (RateCurve curve : task.curves(split)) {
      layers.merge(
          curve.target().layer(),
          List.of(curve),
          (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
    }
    if (layers.isEmpty()) {
      return false;
    }
    String heading = split == EvaluationSplit.TEST ? "Test, every rate" : "Validation";
    m.element("h4", heading + ": " + task.score());
    ModuleMarkers markers = new ModuleMarkers(report.coverage().modules());
    markers.legend(m);
    RatePanel panel = new RatePanel(markers, rates, scoreScale, task.score());
    m.open("div", "class", "panels");
    layers.forEach((layer, curves) -> panel.draw(m, layerName(layer), curves));
    m.close();
    table(task, split);
    return true;
  }

  private static String layerName(int layer) {
    return layer == Edit.EVERY_LAYER ? "Every layer" : "Layer " + layer;
  }

  /**
   * The vertical range: slightly below the lowest value to slightly above the highest, within 0 to
   * 1.
   */
  private static LinearScale scoreScale(List<RateCurve> curves) {
    double[] values =
        curves.stream()
            .flatMap(curve -> curve.points().stream())
            .flatMapToDouble(CurvesSection::extent)
            .toArray();
    double lowest = DoubleStream.of(values).min().orElse(0);
    double highest = DoubleStream.of(values).max().orElse(1);
    double margin = Math.max(0.02, 0.04 * (highest - lowest));
    return new LinearScale(Math.max(0, lowest - margin), Math.min(1, highest + margin), 0, 1);
  }

  private static DoubleStream extent(RateCurve.Point point) {
    return DoubleStream.concat(
        point.bySeed().stream().mapToDouble(Double::doubleValue),
        point.interval().stream().flatMapToDouble(i -> DoubleStream.of(i.lower(), i.upper())));
  }

  private void table(TaskResult task, EvaluationSplit split) {
    m.open("details").element("summary", "The numbers as a table");
    String caption =
        "%s, %s: %s by pruning rate"
            .formatted(DisplayNames.of(task.task()), split.label(), task.score());
    TableMarkup.scroll(
        m,
        caption,
        () -> {
          m.open("table").element("caption", caption + ", with 95 % intervals");
          m.open("thead").open("tr");
          m.element("th", "Layer", "scope", "col").element("th", "Module", "scope", "col");
          rates.forEach(
              rate -> m.element("th", rate.toString(), "scope", "col", "class", "number"));
          m.close().close().open("tbody");
          task.curves(split).forEach(this::row);
          m.close().close();
        });
    m.close();
  }

  private void row(RateCurve curve) {
    m.open("tr");
    m.element("th", DisplayNames.layer(curve.target().layer()), "scope", "row");
    m.element("td", curve.target().modules().name());
    for (PruningRate rate : rates) {
      Optional<RateCurve.Point> point =
          curve.points().stream().filter(p -> p.rate().equals(rate)).findFirst();
      m.open("td", "class", "number");
      point.ifPresent(this::cell);
      m.close();
    }
    m.close();
  }

  private void cell(RateCurve.Point point) {
    m.text(NumberText.share(point.score()));
    point
        .interval()
        .ifPresent(
            i ->
                m.element(
                    "span",
                    NumberText.share(i.lower()) + "–" + NumberText.share(i.upper()),
                    "class",
                    "muted"));
  }
}
