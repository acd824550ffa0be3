package rankine.engine.report.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import rankine.engine.edit.Edit;
import rankine.engine.icl.Part;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.report.Curve;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;

/** The score against the rate: a small drawing a layer, and the same figures as a table. */
final class CurvesSection {
  private final Report report;
  private final Markup m;
  private final List<ClippingRate> rates;

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
    m.element("h3", Names.of(task.task()));
    Scale scores = scores(task.curves());
    boolean drawn = part(task, Part.VALIDATION, scores);
    drawn |= part(task, Part.TEST, scores);
    if (!drawn) {
      m.element("p", "Not run yet.", "class", "muted");
    }
  }

  private boolean part(TaskResult task, Part part, Scale scores) {
    Map<Integer, List<Curve>> layers = new LinkedHashMap<>();
    for (Curve curve : task.curves(part)) {
      layers.merge(
          curve.site().layer(),
          List.of(curve),
          (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
    }
    if (layers.isEmpty()) {
      return false;
    }
    String heading = part == Part.TEST ? "Test, every rate" : "Validation";
    m.element("h4", heading + ": " + task.score());
    Marks marks = new Marks(report.coverage().modules());
    marks.legend(m);
    RatePanel panel = new RatePanel(marks, rates, scores, task.score());
    m.open("div", "class", "panels");
    layers.forEach((layer, curves) -> panel.draw(m, layerName(layer), curves));
    m.close();
    table(task, part);
    return true;
  }

  private static String layerName(int layer) {
    return layer == Edit.EVERY_LAYER ? "Every layer" : "Layer " + layer;
  }

  /** From a little below the lowest figure to a little above the highest, within 0 to 1. */
  private static Scale scores(List<Curve> curves) {
    double[] figures =
        curves.stream()
            .flatMap(curve -> curve.points().stream())
            .flatMapToDouble(CurvesSection::extent)
            .toArray();
    double low = DoubleStream.of(figures).min().orElse(0);
    double high = DoubleStream.of(figures).max().orElse(1);
    double margin = Math.max(0.02, 0.04 * (high - low));
    return new Scale(Math.max(0, low - margin), Math.min(1, high + margin), 0, 1);
  }

  private static DoubleStream extent(Curve.Point point) {
    return DoubleStream.concat(
        point.bySeed().stream().mapToDouble(Double::doubleValue),
        point.interval().stream().flatMapToDouble(i -> DoubleStream.of(i.lower(), i.upper())));
  }

  private void table(TaskResult task, Part part) {
    m.open("details").element("summary", "The figures as a table");
    String caption =
        "%s, %s: %s by clipping rate".formatted(Names.of(task.task()), part.label(), task.score());
    Tables.scroll(
        m,
        caption,
        () -> {
          m.open("table").element("caption", caption + ", with 95 % intervals");
          m.open("thead").open("tr");
          m.element("th", "Layer", "scope", "col").element("th", "Module", "scope", "col");
          rates.forEach(
              rate -> m.element("th", rate.toString(), "scope", "col", "class", "number"));
          m.close().close().open("tbody");
          task.curves(part).forEach(this::row);
          m.close().close();
        });
    m.close();
  }

  private void row(Curve curve) {
    m.open("tr");
    m.element("th", Names.layer(curve.site().layer()), "scope", "row");
    m.element("td", curve.site().modules().name());
    for (ClippingRate rate : rates) {
      Optional<Curve.Point> point =
          curve.points().stream().filter(p -> p.rate().equals(rate)).findFirst();
      m.open("td", "class", "number");
      point.ifPresent(this::cell);
      m.close();
    }
    m.close();
  }

  private void cell(Curve.Point point) {
    m.text(Figures.share(point.score()));
    point
        .interval()
        .ifPresent(
            i ->
                m.element(
                    "span",
                    Figures.share(i.lower()) + "–" + Figures.share(i.upper()),
                    "class",
                    "muted"));
  }
}
