package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.search.LayerGuide;
import rankine.engine.search.SearchObjective;
import rankine.engine.search.SearchResult;
import rankine.engine.search.SeedTests;
import rankine.engine.search.SeedValidation;
import rankine.engine.stats.PairedComparison;
import rankine.engine.stats.SeedSpread;

/** A search's result for people, with a small chart. */
final class SearchText {
  private SearchText() {}

  static void print(PrintStream out, SearchResult result) {
    result.guide().ifPresent(guide -> print(out, guide));
    out.printf(
        "%s, layer %d, %s, %s: validation, %s%n",
        task(result.request().objective()),
        result.layer(),
        result.request().modules().name(),
        result.request().objective().plan().method().label(),
        sizes(result.candidates().getFirst().seeds()));
    for (SearchResult.RateCandidate candidate : result.candidates()) {
      print(out, candidate, candidate.rate().equals(result.chosen()));
    }
    if (result.best().size() > 1) {
      out.printf(
          "  as good: %s; the smallest is taken%n",
          result.best().stream()
              .skip(1)
              .map(PruningRate::toString)
              .collect(Collectors.joining(", ")));
    }
    print(out, "rate " + result.chosen(), result.test());
  }

  static String task(SearchObjective task) {
    return "%s (%s)".formatted(task.task().name(), task.task().version());
  }

  /** How many examples were asked, and with how many seeds if there are several. */
  static String sizes(List<SeedValidation> seeds) {
    String n = "n = " + seeds.getFirst().validation().counts().n();
    return seeds.size() == 1 ? n : "%s with each of %d seeds, mean".formatted(n, seeds.size());
  }

  static void print(PrintStream out, LayerGuide guide) {
    out.printf("condition number of %s, layer by layer%n", guide.modules().name());
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

  private static void print(PrintStream out, SearchResult.RateCandidate candidate, boolean chosen) {
    int width = (int) Math.round(40 * candidate.accuracy());
    out.printf(
        "  %-6s %.4f  %s%s%s%n",
        candidate.rate(),
        candidate.accuracy(),
        "#".repeat(width),
        ".".repeat(40 - width),
        chosen ? "  chosen" : pValue(candidate.seeds()));
  }

  /** The p-value of a single seed: several have one each, which JSON shows. */
  static String pValue(List<SeedValidation> seeds) {
    return seeds.size() > 1 || seeds.getFirst().adjusted().isEmpty()
        ? ""
        : "  p = %.3g (Holm)".formatted(seeds.getFirst().adjusted().orElse(1));
  }

  /**
   * The test part.
   *
   * @param name of the chosen edits
   */
  static void print(PrintStream out, String name, SeedTests test) {
    for (SeedTests.SeedTest seed : test.seeds()) {
      PairedComparison c = seed.comparison();
      out.printf(
          "test%s, n = %d: plain %.4f, %s %.4f; %d only plain right, %d only pruned;"
              + " exact McNemar p = %.4g%n",
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
