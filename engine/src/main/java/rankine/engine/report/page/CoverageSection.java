package rankine.engine.report.page;

import java.util.List;
import java.util.stream.Collectors;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.report.Coverage;
import rankine.engine.report.Report;
import rankine.engine.sweep.CellKey;

/** Writes the size of the search space and the missing cells. */
final class CoverageSection {
  /** Maximum number of missing cells listed; {@code --format json} lists them all. */
  private static final int MAX_LISTED = 100;

  private CoverageSection() {}

  static String of(Report report, Markup m) {
    Coverage coverage = report.coverage();
    if (coverage.groups() == 0) {
      m.open("div", "class", "notice");
      m.element("p", "Nothing was started: the run folder has no grid.");
      return m.close().take();
    }
    List<PruningRate> pruned = coverage.rates().stream().filter(r -> !r.isZero()).toList();
    m.element(
        "p",
        "Searched: %s × %s × %s × %s × %s, in %s; and the unedited model."
            .formatted(
                NumberText.count(coverage.tasks().size(), "task"),
                NumberText.count(coverage.seeds().size(), "seed"),
                NumberText.count(coverage.layers().size(), "layer"),
                NumberText.count(coverage.modules().size(), "module"),
                NumberText.count(pruned.size(), "rate"),
                NumberText.count(coverage.groups(), "group")));
    if (!coverage.complete()) {
      missing(coverage, m);
    }
    return m.take();
  }

  private static void missing(Coverage coverage, Markup m) {
    int missing = coverage.missing().size();
    m.open("div", "class", "notice").open("p");
    m.element("strong", "This run is not complete. ");
    m.text(
        "%s of %s cells are missing; the chosen rates may change when they are evaluated. Test cells"
                .formatted(NumberText.count(missing), NumberText.count(coverage.expected()))
            + " of groups without a chosen rate are not counted.");
    m.close().open("details").element("summary", "The missing cells");
    m.element(
        "p",
        coverage.missing().stream()
                .limit(MAX_LISTED)
                .map(CellKey::toString)
                .collect(Collectors.joining("; "))
            + (missing > MAX_LISTED
                ? "; and " + NumberText.count(missing - MAX_LISTED) + " more"
                : ""));
    m.close().close();
  }
}
