package rankine.engine.report.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import rankine.engine.edit.Edit;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.Coverage;
import rankine.engine.report.RateCurve;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;
import rankine.engine.stats.Score;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.LayerTarget;
import rankine.engine.sweep.ModelTarget;

/** Writes the score by pruning rate: a small chart per layer, and the same numbers as a table. */
final class CurvesSection {
  private final Report report;
  private final Markup m;

  private CurvesSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
  }

  static String of(Report report, Markup m) {
    CurvesSection section = new CurvesSection(report, m);
    report.tasks().forEach(section::task);
    return m.take();
  }

  private void task(TaskResult task) {
    m.element("h3", DisplayNames.of(task.benchmark()));
    ScoreAxis scores = scores(task);
    boolean drawn = charts(task, EvaluationSplit.VALIDATION, scores);
    drawn |= charts(task, EvaluationSplit.TEST, scores);
    if (!drawn) {
      m.element("p", "Not evaluated yet.", "class", "muted");
    }
  }

  private boolean charts(TaskResult task, EvaluationSplit split, ScoreAxis scores) {
    List<RateCurve> curves = task.curves(split);
    if (curves.isEmpty()) {
      return false;
    }
    String heading = split == EvaluationSplit.TEST ? "Test, every rate" : "Validation";
    m.element("h4", heading + ": " + task.score());
    Coverage coverage = report.coverage();
    panels(
        task,
        curves.stream().filter(curve -> curve.target() instanceof LayerTarget).toList(),
        coverage.axes().modules().stream().map(ModuleSelection::name).toList(),
        "pruning rate",
        coverage.axes().rates(),
        scores);
    panels(
        task,
        curves.stream().filter(curve -> curve.target() instanceof ModelTarget).toList(),
        coverage.axes().methods().stream().map(ModelTarget::toString).toList(),
        "ratio",
        coverage.axes().ratios(),
        scores);
    return true;
  }

  /** Draws one chart per layer, or one for the whole model, and writes their table. */
  private void panels(
      TaskResult task,
      List<RateCurve> curves,
      List<String> series,
      String axis,
      List<PruningRate> rates,
      ScoreAxis scores) {
    if (curves.isEmpty()) {
      return;
    }
    SeriesMarkers markers = new SeriesMarkers(series);
    markers.legend(m);
    RatePanel panel = new RatePanel(markers, axis, rates, scores);
    Map<String, List<RateCurve>> captions =
        curves.stream()
            .collect(
                Collectors.groupingBy(
                    curve -> caption(curve.target()), LinkedHashMap::new, Collectors.toList()));
    m.open("div", "class", "panels");
    captions.forEach((caption, lines) -> panel.draw(m, caption, lines));
    m.close();
    table(task, curves, axis, rates);
  }

  private static String caption(EditTarget target) {
    return switch (target) {
      case LayerTarget layer when layer.layer() == Edit.EVERY_LAYER -> "Every layer";
      case LayerTarget layer -> "Layer " + layer.layer();
      case ModelTarget _ -> "The whole model";
    };
  }

  /** The vertical axis, common to all charts of the task. */
  private static ScoreAxis scores(TaskResult task) {
    double[] values =
        task.curves().stream()
            .flatMap(curve -> curve.points().stream())
            .flatMapToDouble(CurvesSection::extent)
            .toArray();
    return ScoreAxis.of(
        task.metric(),
        DoubleStream.of(values).min().orElse(1),
        DoubleStream.of(values).max().orElse(1));
  }

  private static DoubleStream extent(RateCurve.Point point) {
    return DoubleStream.concat(
        point.bySeed().stream().mapToDouble(Double::doubleValue),
        point.interval().stream().flatMapToDouble(i -> DoubleStream.of(i.lower(), i.upper())));
  }

  private void table(
      TaskResult task, List<RateCurve> curves, String axis, List<PruningRate> rates) {
    m.open("details").element("summary", "The numbers as a table");
    String caption =
        "%s, %s: %s by %s"
            .formatted(
                DisplayNames.of(task.benchmark()),
                curves.getFirst().split().label(),
                task.score(),
                axis);
    TableMarkup.scroll(
        m,
        caption,
        () -> {
          m.open("table").element("caption", caption + ", with 95 % intervals");
          m.open("thead").open("tr");
          m.element("th", "Layer", "scope", "col");
          m.element("th", axis.equals("ratio") ? "Method" : "Module", "scope", "col");
          rates.forEach(
              rate -> m.element("th", rate.toString(), "scope", "col", "class", "number"));
          m.close().close().open("tbody");
          curves.forEach(curve -> row(curve, rates, task.metric()));
          m.close().close();
        });
    m.close();
  }

  private void row(RateCurve curve, List<PruningRate> rates, Score.Metric metric) {
    m.open("tr");
    m.element("th", DisplayNames.layer(curve.target()), "scope", "row");
    m.element("td", DisplayNames.series(curve.target()));
    for (PruningRate rate : rates) {
      Optional<RateCurve.Point> point =
          curve.points().stream().filter(p -> p.rate().equals(rate)).findFirst();
      m.open("td", "class", "number");
      point.ifPresent(value -> cell(metric, value));
      m.close();
    }
    m.close();
  }

  private void cell(Score.Metric metric, RateCurve.Point point) {
    m.text(NumberText.score(metric, point.score()));
    point
        .interval()
        .ifPresent(
            i ->
                m.element(
                    "span",
                    NumberText.score(metric, i.lower()) + "–" + NumberText.score(metric, i.upper()),
                    "class",
                    "muted"));
  }
}
