package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import rankine.common.io.Shown;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.model.Model;
import rankine.engine.search.LayerGuide;
import rankine.engine.search.SearchObjective;
import rankine.engine.search.SearchResult;
import rankine.engine.search.SeedTests;
import rankine.engine.search.SeedValidation;
import rankine.engine.stats.PairedComparison;
import rankine.engine.stats.SeedSpread;

/** The result of a search as text, with a bar chart of the accuracies. */
final class SearchText {
  private SearchText() {}

  static void print(PrintStream out, Model model, SearchResult result) {
    EditMethod method = result.request().objective().plan().method();
    result.guide().ifPresent(guide -> print(out, guide));
    out.printf(
        "%nsearch, %s, layer %s, module %s, method %s%n  accuracy on validation, %s%s%n",
        task(result.request().objective()),
        layer(result.layer()),
        result.request().modules().name(),
        method.label(),
        sizes(result.candidates().getFirst().seeds()),
        result.request().objective().seeds().size() > 1
            ? ""
            : "; p: exact McNemar test against rate 0, Holm-corrected");
    out.println("  rate        rank  accuracy");
    for (SearchResult.RateCandidate candidate : result.candidates()) {
      Edit edit = new Edit(result.layer(), result.request().modules(), candidate.rate());
      print(
          out,
          candidate,
          KeptRanks.of(model, method, edit),
          candidate.rate().equals(result.chosen()));
    }
    if (result.candidates().stream()
        .anyMatch(
            c ->
                KeptRanks.of(
                        model,
                        method,
                        new Edit(result.layer(), result.request().modules(), c.rate()))
                    .equals("0"))) {
      out.println("  rank 0: the rate leaves nothing of so small a matrix; it is all zero");
    }
    if (result.best().size() > 1) {
      out.printf(
          "  tied with it: %s; the smallest rate is chosen%n",
          KeptRanks.ofRates(
              model,
              method,
              result.best().stream()
                  .skip(1)
                  .map(rate -> new Edit(result.layer(), result.request().modules(), rate))));
    }
    Edit chosen = new Edit(result.layer(), result.request().modules(), result.chosen());
    print(
        out,
        result.chosen().isZero()
            ? "rate 0 (the same model)"
            : "rate " + result.chosen() + KeptRanks.inBrackets(model, method, chosen),
        result.test());
  }

  static String layer(int layer) {
    return layer == Edit.EVERY_LAYER ? "-1 (every layer)" : Integer.toString(layer);
  }

  static String task(SearchObjective task) {
    return "%s (%s)".formatted(Shown.name(task.task().name()), task.task().version());
  }

  /** The number of examples, and that of the seeds if there are several. */
  static String sizes(List<SeedValidation> seeds) {
    String n = "n = " + seeds.getFirst().score().n();
    return seeds.size() == 1 ? n : "mean over %2$d seeds, %1$s for each".formatted(n, seeds.size());
  }

  static void print(PrintStream out, LayerGuide guide) {
    out.printf("condition number of module %s in each layer%n", guide.modules().name());
    for (LayerGuide.GuidedLayer layer : guide.layers()) {
      out.printf(
          "  %-6d %-10s  %s%s%n",
          layer.layer(),
          layer.condition().isPresent()
              ? "%.4g".formatted(layer.condition().getAsDouble())
              : "none",
          layer.matrices().stream().map(SearchText::figure).collect(Collectors.joining(", ")),
          layer.layer() == guide.chosen() ? "  chosen" : "");
    }
    out.println("  " + LayerGuide.NOTE);
  }

  private static String figure(LayerGuide.MatrixCondition matrix) {
    return matrix.condition().isPresent()
        ? "%s %.4g".formatted(matrix.name(), matrix.condition().getAsDouble())
        : matrix.name() + " zero";
  }

  private static void print(
      PrintStream out, SearchResult.RateCandidate candidate, String rank, boolean chosen) {
    int width = (int) Math.round(40 * candidate.accuracy());
    out.printf(
        "  %-6s %9s  %.4f  %s%s%s%n",
        candidate.rate(),
        rank,
        candidate.accuracy(),
        "#".repeat(width),
        ".".repeat(40 - width),
        chosen ? "  chosen" : pValue(candidate.seeds()));
  }

  /** The p-value of a search with one seed; with several, each has its own, in JSON only. */
  static String pValue(List<SeedValidation> seeds) {
    return seeds.size() > 1 || seeds.getFirst().adjusted().isEmpty()
        ? ""
        : "  p = %.3g".formatted(seeds.getFirst().adjusted().orElse(1));
  }

  /**
   * Prints the comparison with the plain model on the test split.
   *
   * @param name of the chosen edits
   */
  static void print(PrintStream out, String name, SeedTests test) {
    for (SeedTests.SeedTest seed : test.seeds()) {
      PairedComparison c = seed.comparison();
      out.printf(
          "test%s, n = %d: plain %.4f, %s %.4f%n"
              + "  correct only plain: %d, only pruned: %d; exact McNemar p = %.4g%n",
          test.seeds().size() == 1 ? "" : ", seed " + seed.seed(),
          c.n(),
          c.firstAccuracy(),
          name,
          c.secondAccuracy(),
          c.onlyFirst(),
          c.onlySecond(),
          c.mcNemar().pValue());
      out.printf(
          "  difference %+.4f, 95 %% interval %+.4f to %+.4f (paired bootstrap)%n",
          c.difference(), c.accuracy().interval().lower(), c.accuracy().interval().upper());
    }
    if (test.seeds().size() > 1) {
      spread(out, "plain", test.plain());
      spread(out, "pruned", test.pruned());
      spread(out, "difference", test.difference());
    }
  }

  private static void spread(PrintStream out, String name, SeedSpread spread) {
    out.printf(
        "  over %d seeds, %s: mean %.4f, standard deviation %.4f, %.4f to %.4f%n",
        spread.seeds(),
        name,
        spread.mean(),
        spread.standardDeviation().orElse(0),
        spread.min(),
        spread.max());
  }
}
