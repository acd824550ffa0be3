package rankine.engine.report.page;

import java.util.ArrayList;
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
    List<String> axes = new ArrayList<>();
    if (!coverage.axes().layers().isEmpty()) {
      axes.add(
          "%s × %s × %s"
              .formatted(
                  NumberText.count(coverage.axes().layers().size(), "layer"),
                  NumberText.count(coverage.axes().modules().size(), "module"),
                  NumberText.count(pruned(coverage.axes().rates()), "rate")));
    }
    if (!coverage.axes().methods().isEmpty()) {
      axes.add(
          "%s for the whole model × %s"
              .formatted(
                  NumberText.count(coverage.axes().methods().size(), "method"),
                  NumberText.count(pruned(coverage.axes().ratios()), "ratio")));
    }
    String each = axes.size() == 1 ? axes.getFirst() : "(" + String.join(", and ", axes) + ")";
    List<String> benchmarks = new ArrayList<>();
    if (!coverage.axes().tasks().isEmpty()) {
      benchmarks.add(
          "%s × %s"
              .formatted(
                  NumberText.count(coverage.axes().tasks().size(), "task"),
                  NumberText.count(coverage.axes().seeds().size(), "seed")));
    }
    if (coverage.axes().texts().isPresent()) {
      benchmarks.add("1 pair of texts");
    }
    String on =
        benchmarks.size() == 1
            ? benchmarks.getFirst()
            : "(" + String.join(", and ", benchmarks) + ")";
    m.element(
        "p",
        "Searched: %s × %s, in %s; and the unedited model."
            .formatted(on, each, NumberText.count(coverage.groups(), "group")));
    if (!coverage.complete()) {
      missing(coverage, m);
    }
    return m.take();
  }

  private static long pruned(List<PruningRate> rates) {
    return rates.stream().filter(rate -> !rate.isZero()).count();
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
