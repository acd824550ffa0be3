package rankine.cli;

import java.io.PrintStream;
import java.util.stream.Collectors;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.lowrank.ClippingRate;
import rankine.engine.search.SearchResult;
import rankine.engine.stats.PairedComparison;

/** A search's result for people, with a small chart. */
final class SearchText {
  private SearchText() {}

  static void print(PrintStream out, SearchResult result) {
    out.printf(
        "%s (%s), layer %d, %s, %s: validation, n = %d%n",
        result.request().task().name(),
        result.request().task().version(),
        result.request().layer(),
        result.request().modules().name(),
        result.request().plan().method().label(),
        result.candidates().getFirst().validation().counts().n());
    for (SearchResult.Candidate candidate : result.candidates()) {
      print(out, candidate, candidate.rate().equals(result.chosen()));
    }
    if (result.best().size() > 1) {
      out.printf(
          "  as good: %s; the smallest is taken%n",
          result.best().stream()
              .skip(1)
              .map(ClippingRate::toString)
              .collect(Collectors.joining(", ")));
    }
    PairedComparison c = result.comparison();
    out.printf(
        "test, n = %d: plain %.4f, rate %s %.4f; %d only plain right, %d only pruned;"
            + " exact McNemar p = %.4g%n",
        c.n(),
        c.firstAccuracy(),
        result.chosen(),
        c.secondAccuracy(),
        c.onlyFirst(),
        c.onlySecond(),
        c.mcNemar().pValue());
    out.printf(
        "  difference %+.4f, 95 %% interval %+.4f to %+.4f (paired bootstrap)%n",
        c.difference(), c.accuracy().interval().lower(), c.accuracy().interval().upper());
  }

  private static void print(PrintStream out, SearchResult.Candidate candidate, boolean chosen) {
    EvaluationResult result = candidate.validation();
    int width = (int) Math.round(40 * result.accuracy());
    out.printf(
        "  %-6s %.4f  %s%s%s%n",
        candidate.rate(),
        result.accuracy(),
        "#".repeat(width),
        ".".repeat(40 - width),
        chosen
            ? "  chosen"
            : candidate.against().map(a -> "  p = %.3g (Holm)".formatted(a.adjusted())).orElse(""));
  }
}
