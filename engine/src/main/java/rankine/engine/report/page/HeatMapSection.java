package rankine.engine.report.page;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.PruningEffect;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;
import rankine.engine.stats.Score;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.LayerTarget;

/**
 * Heat maps of the change in score, layer by module. Each is a table whose cells have colours and
 * numbers.
 */
final class HeatMapSection {
  private static final int STEPS = 5;

  private final Report report;
  private final Markup m;

  private HeatMapSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
  }

  static String of(Report report, Markup m) {
    HeatMapSection section = new HeatMapSection(report, m);
    m.open("div", "class", "maps");
    if (report.coverage().axes().layers().isEmpty()) {
      m.element("p", "No layer was pruned by itself.", "class", "muted");
    } else {
      report.tasks().forEach(section::task);
    }
    m.close();
    return m.take();
  }

  private void task(TaskResult task) {
    List<ModuleSelection> modules = report.coverage().axes().modules();
    // The ends of the colour scale: the task's largest absolute change.
    double largest =
        task.effects().stream()
            .filter(effect -> effect.target() instanceof LayerTarget)
            .flatMap(effect -> Stream.of(effect.validation(), effect.test()))
            .flatMap(Optional::stream)
            .mapToDouble(spread -> Math.abs(spread.mean()))
            .max()
            .orElse(0);
    String caption = DisplayNames.of(task.benchmark()) + ": change in " + task.score();
    m.open("div");
    TableMarkup.scroll(
        m,
        caption,
        () -> {
          m.open("table", "class", "heat")
              .open("caption")
              .text(DisplayNames.of(task.benchmark()) + " ");
          m.element("small", "change in " + task.score()).close();
          head(modules);
          m.open("tbody");
          report.coverage().axes().layers().forEach(layer -> row(task, modules, layer, largest));
          m.close().close();
        });
    if (largest > 0) {
      scale(task.metric(), largest);
    }
    m.close();
  }

  private void head(List<ModuleSelection> modules) {
    String span = Integer.toString(modules.size());
    m.open("thead").open("tr");
    m.element("th", "Layer", "scope", "col", "rowspan", "2");
    m.element("th", "Validation", "scope", "colgroup", "colspan", span, "class", "part");
    m.element("td", "", "class", "gap", "rowspan", "2");
    m.element("th", "Test", "scope", "colgroup", "colspan", span, "class", "part");
    m.close().open("tr");
    for (int split = 0; split < 2; split++) {
      modules.forEach(module -> m.element("th", module.name(), "scope", "col"));
    }
    m.close().close();
  }

  private void row(TaskResult task, List<ModuleSelection> modules, int layer, double largest) {
    m.open("tr").element("th", DisplayNames.layer(layer), "scope", "row");
    for (ModuleSelection module : modules) {
      Optional<PruningEffect> effect = effect(task, layer, module);
      cell(task.metric(), effect, effect.flatMap(PruningEffect::validation), largest);
    }
    m.element("td", "", "class", "gap");
    for (ModuleSelection module : modules) {
      Optional<PruningEffect> effect = effect(task, layer, module);
      cell(task.metric(), effect, effect.flatMap(PruningEffect::test), largest);
    }
    m.close();
  }

  private static Optional<PruningEffect> effect(
      TaskResult task, int layer, ModuleSelection module) {
    EditTarget target = new LayerTarget(layer, module);
    return task.effects().stream().filter(effect -> effect.target().equals(target)).findFirst();
  }

  private void cell(
      Score.Metric metric,
      Optional<PruningEffect> effect,
      Optional<SeedSpread> change,
      double largest) {
    if (change.isEmpty()) {
      m.element("td", "–", "class", "change-none");
      return;
    }
    double mean = change.get().mean();
    m.open("td", "class", "change-" + step(metric, mean, largest));
    m.text(NumberText.change(metric, mean));
    m.element("small", rates(effect.orElseThrow().rates())).close();
  }

  /** {@code 0.95}, or for several seeds {@code 0.9, 0.95}. */
  static String rates(List<PruningRate> rates) {
    return rates.stream()
        .distinct()
        .sorted()
        .map(PruningRate::toString)
        .collect(Collectors.joining(", "));
  }

  /**
   * The colour class of a change: {@code up1} to {@code up5}, {@code down1} to {@code down5}, or
   * even.
   */
  private static String step(Score.Metric metric, double change, double largest) {
    if (NumberText.change(metric, change).equals(NumberText.change(metric, 0))) {
      return "even";
    }
    int step = Math.clamp((int) Math.ceil(STEPS * Math.abs(change) / largest), 1, STEPS);
    return (change > 0 ? "up" : "down") + step;
  }

  private void scale(Score.Metric metric, double largest) {
    m.open("p", "class", "scale", "aria-hidden", "true")
        .element("span", NumberText.change(metric, -largest));
    for (int step = STEPS; step > 0; step--) {
      m.element("i", "", "class", "change-down" + step);
    }
    m.element("i", "", "class", "change-even");
    for (int step = 1; step <= STEPS; step++) {
      m.element("i", "", "class", "change-up" + step);
    }
    m.element("span", NumberText.change(metric, largest)).close();
  }
}
