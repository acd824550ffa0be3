package rankine.engine.report.page;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.edit.Modules;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.report.Effect;
import rankine.engine.report.Report;
import rankine.engine.report.TaskResult;
import rankine.engine.stats.SeedSpread;
import rankine.engine.sweep.Site;

/**
 * Heat maps of the change in score, layer by module. Each is a table: its cells are coloured, and
 * their numbers say the same.
 */
final class PlacesSection {
  private static final int STEPS = 5;

  private final Report report;
  private final Markup m;

  private PlacesSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
  }

  static String of(Report report, Markup m) {
    PlacesSection section = new PlacesSection(report, m);
    m.open("div", "class", "maps");
    report.tasks().forEach(section::task);
    m.close();
    return m.take();
  }

  private void task(TaskResult task) {
    List<Modules> modules = report.coverage().modules();
    // The ends of the scale: the largest change of the task, up or down.
    double most =
        task.effects().stream()
            .flatMap(effect -> Stream.of(effect.validation(), effect.test()))
            .flatMap(Optional::stream)
            .mapToDouble(spread -> Math.abs(spread.mean()))
            .max()
            .orElse(0);
    String caption = Names.of(task.task()) + ": change in " + task.score();
    m.open("div");
    Tables.scroll(
        m,
        caption,
        () -> {
          m.open("table", "class", "heat").open("caption").text(Names.of(task.task()) + " ");
          m.element("small", "change in " + task.score()).close();
          head(modules);
          m.open("tbody");
          report.coverage().layers().forEach(layer -> row(task, modules, layer, most));
          m.close().close();
        });
    if (most > 0) {
      scale(most);
    }
    m.close();
  }

  private void head(List<Modules> modules) {
    String span = Integer.toString(modules.size());
    m.open("thead").open("tr");
    m.element("th", "Layer", "scope", "col", "rowspan", "2");
    m.element("th", "Validation", "scope", "colgroup", "colspan", span, "class", "part");
    m.element("td", "", "class", "gap", "rowspan", "2");
    m.element("th", "Test", "scope", "colgroup", "colspan", span, "class", "part");
    m.close().open("tr");
    for (int part = 0; part < 2; part++) {
      modules.forEach(module -> m.element("th", module.name(), "scope", "col"));
    }
    m.close().close();
  }

  private void row(TaskResult task, List<Modules> modules, int layer, double most) {
    m.open("tr").element("th", Names.layer(layer), "scope", "row");
    for (Modules module : modules) {
      Optional<Effect> effect = effect(task, layer, module);
      cell(effect, effect.flatMap(Effect::validation), most);
    }
    m.element("td", "", "class", "gap");
    for (Modules module : modules) {
      Optional<Effect> effect = effect(task, layer, module);
      cell(effect, effect.flatMap(Effect::test), most);
    }
    m.close();
  }

  private static Optional<Effect> effect(TaskResult task, int layer, Modules module) {
    Site site = new Site(layer, module);
    return task.effects().stream().filter(effect -> effect.site().equals(site)).findFirst();
  }

  private void cell(Optional<Effect> effect, Optional<SeedSpread> change, double most) {
    if (change.isEmpty()) {
      m.element("td", "–", "class", "change-none");
      return;
    }
    double mean = change.get().mean();
    m.open("td", "class", "change-" + step(mean, most)).text(Figures.change(mean));
    m.element("small", rates(effect.orElseThrow().rates())).close();
  }

  /** {@code 0.95}, or of several seeds {@code 0.9, 0.95}. */
  static String rates(List<ClippingRate> rates) {
    return rates.stream()
        .distinct()
        .sorted()
        .map(ClippingRate::toString)
        .collect(Collectors.joining(", "));
  }

  /** The colour of a change: {@code up1} … {@code up5}, {@code down1} … {@code down5}, even. */
  private static String step(double change, double most) {
    if (Figures.change(change).equals("0.000")) {
      return "even";
    }
    int step = Math.clamp((int) Math.ceil(STEPS * Math.abs(change) / most), 1, STEPS);
    return (change > 0 ? "up" : "down") + step;
  }

  private void scale(double most) {
    m.open("p", "class", "scale", "aria-hidden", "true").element("span", Figures.change(-most));
    for (int step = STEPS; step > 0; step--) {
      m.element("i", "", "class", "change-down" + step);
    }
    m.element("i", "", "class", "change-even");
    for (int step = 1; step <= STEPS; step++) {
      m.element("i", "", "class", "change-up" + step);
    }
    m.element("span", Figures.change(most)).close();
  }
}
