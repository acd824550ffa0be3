package rankine.engine.report.page;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Module;
import rankine.engine.report.Report;
import rankine.engine.report.SpectrumSummary;

/** Writes the singular values of the original weights: a chart per kind of matrix, and a table. */
final class SpectraSection {
  /** Power of ten, relative to the largest, below which singular values are drawn at the bottom. */
  private static final int LOWEST_POWER = -8;

  private final Report report;
  private final Markup m;
  private final SpectrumPanel panel;

  private SpectraSection(Report report, Markup m) {
    this.report = report;
    this.m = m;
    this.panel =
        new SpectrumPanel(
            lowestPower(report.spectra()),
            report.spectra().stream().map(SpectrumSummary::layer).distinct().toList());
  }

  static String of(Report report, Markup m) {
    if (report.spectra().isEmpty()) {
      String reason =
          "The run folder holds no spectra: only a run with --method exact writes them.";
      return m.element("p", reason, "class", "muted").take();
    }
    SpectraSection section = new SpectraSection(report, m);
    section.charts();
    section.table();
    return m.take();
  }

  private static int lowestPower(List<SpectrumSummary> spectra) {
    double smallest =
        spectra.stream()
            .flatMap(spectrum -> spectrum.values().stream())
            .mapToDouble(SpectrumSummary.Value::ratio)
            .min()
            .orElse(0.1);
    return Math.clamp((int) Math.floor(Math.log10(smallest)), LOWEST_POWER, -1);
  }

  private void charts() {
    m.open("p");
    m.text(
        "Singular values of the original weights over the largest, one line per layer; dotted, the"
            + " rank that each rate keeps. ");
    m.text(
        "A steep end is a large condition number, by which the paper suggests matrices"
            + " to prune.");
    m.close();
    legend();
    Map<Module, List<SpectrumSummary>> byModule =
        report.spectra().stream()
            .collect(
                Collectors.groupingBy(SpectrumSummary::module, TreeMap::new, Collectors.toList()));
    m.open("div", "class", "panels wide");
    byModule.forEach((module, spectra) -> panel.draw(m, module.label(), spectra));
    m.close();
  }

  private void legend() {
    List<Integer> layers = panel.layers();
    m.open("ul", "class", "legend");
    int last = -1;
    for (int i = 0; i < layers.size(); i++) {
      // A colour may stand for several layers: the legend names the first of each colour, and the
      // last layer.
      String colour = panel.colour(layers.get(i));
      int number = Integer.parseInt(colour.substring(1));
      if (number != last || i == layers.size() - 1) {
        m.open("li").open("svg", "viewBox", "0 0 28 12", "aria-hidden", "true", "class", colour);
        m.empty("path", "class", "line", "d", "M1 6h26").close();
        m.text("layer " + layers.get(i)).close();
      }
      last = number;
    }
    m.close();
  }

  private void table() {
    List<PruningRate> rates =
        report.coverage().axes().rates().stream().filter(rate -> !rate.isZero()).toList();
    String caption = "Rank, condition number and, by rate, the share of ‖W‖² that is kept";
    m.open("details").element("summary", "The numbers as a table");
    TableMarkup.tall(
        m,
        caption,
        () -> {
          m.open("table", "class", "sortable").element("caption", caption).open("thead").open("tr");
          TableMarkup.header(m, "Matrix", false);
          TableMarkup.header(m, "Shape", false);
          TableMarkup.header(m, "σ₁", true);
          TableMarkup.header(m, "Numerical rank", true);
          TableMarkup.header(m, "Condition number", true);
          rates.forEach(rate -> TableMarkup.header(m, rate.toString(), true));
          m.close().close().open("tbody");
          report.spectra().forEach(spectrum -> row(spectrum, rates));
          m.close().close();
        });
    m.close();
  }

  private void row(SpectrumSummary spectrum, List<PruningRate> rates) {
    m.open("tr").element("th", spectrum.matrix(), "scope", "row");
    m.element("td", spectrum.rows() + " × " + spectrum.cols());
    number(NumberText.general(spectrum.largest()), spectrum.largest());
    number(NumberText.count(spectrum.numericalRank()), spectrum.numericalRank());
    if (spectrum.condition().isPresent()) {
      double condition = spectrum.condition().getAsDouble();
      number(NumberText.general(condition), condition);
    } else {
      m.element("td", "");
    }
    for (PruningRate rate : rates) {
      double[] energy =
          spectrum.kept().stream()
              .filter(kept -> kept.rate().equals(rate))
              .mapToDouble(kept -> kept.energy())
              .toArray();
      if (energy.length == 0) {
        m.element("td", "");
      } else {
        number(NumberText.share(energy[0]), energy[0]);
      }
    }
    m.close();
  }

  private void number(String text, double value) {
    m.element("td", text, "class", "number", "data-value", Double.toString(value));
  }
}
