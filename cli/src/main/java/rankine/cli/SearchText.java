package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import rankine.common.io.Shown;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;
import rankine.engine.search.LayerGuide;
import rankine.engine.search.SearchObjective;
import rankine.engine.search.SearchResult;
import rankine.engine.search.SeedTests;
import rankine.engine.search.SeedValidation;
import rankine.engine.stats.Interval;
import rankine.engine.stats.PairedComparison;
import rankine.engine.stats.SeedSpread;
import rankine.engine.stats.WindowComparison;
import rankine.engine.sweep.BenchmarkData;
import rankine.engine.sweep.RateRule;
import rankine.engine.sweep.TextData;

/** The result of a search as text, with a bar chart of the accuracies. */
final class SearchText {
  private static final String LEVEL = "level " + RateRule.LEVEL + ", Holm-corrected";

  private SearchText() {}

  static void print(PrintStream out, Model model, SearchResult result) {
    EditMethod method = result.request().objective().plan().method();
    result.guide().ifPresent(guide -> print(out, guide));
    out.printf(
        "%nsearch, %s, layer %s, module %s, method %s%n  %s on validation, %s%s%n",
        task(result.request().objective()),
        layer(result.layer()),
        result.request().modules().name(),
        method.label(),
        score(result.candidates().getFirst().seeds()),
        sizes(result.candidates().getFirst().seeds()),
        result.request().objective().seeds().size() > 1
            ? ""
            : "; p: %s against rate 0, Holm-corrected"
                .formatted(test(result.request().objective().data())));
    out.println("  rate        rank  " + score(result.candidates().getFirst().seeds()));
    for (SearchResult.RateCandidate candidate : result.candidates()) {
      Edit edit = new Edit(result.layer(), result.request().modules(), candidate.rate());
      print(
          out,
          candidate,
          KeptRanks.of(model, method, edit),
          candidate.rate().equals(result.chosen()) ? chosen(result) : pValue(candidate.seeds()));
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
    out.println("  " + choice(model, result));
    Edit chosen = new Edit(result.layer(), result.request().modules(), result.chosen());
    print(
        out,
        result.chosen().isZero()
            ? "rate 0 (the same model)"
            : "rate " + result.chosen() + KeptRanks.inBrackets(model, method, chosen),
        result.test());
  }

  /** The remark on the chosen rate. The best one's p-value is left out: the choice flatters it. */
  private static String chosen(SearchResult result) {
    return switch (result.request().rule()) {
      case BEST -> "  chosen";
      case SMALLEST, LARGEST_NOT_WORSE -> pValue(result.chosenCandidate().seeds()) + "  chosen";
    };
  }

  /** One sentence on the rule that chose the rate, and on ties. */
  private static String choice(Model model, SearchResult result) {
    return switch (result.request().rule()) {
      case BEST ->
          result.tied().isEmpty()
              ? "chosen: the best on validation"
              : "chosen: the best on validation; tied with it: %s; the smallest of them is taken"
                  .formatted(rates(model, result, result.tied()));
      case SMALLEST ->
          "chosen: the smallest rate that is not significantly worse (%s) than the best, %s"
              .formatted(LEVEL, rates(model, result, result.best().subList(0, 1)));
      case LARGEST_NOT_WORSE ->
          "chosen: the largest rate that is not significantly worse (%s) than rate 0"
              .formatted(LEVEL);
    };
  }

  private static String rates(Model model, SearchResult result, List<PruningRate> rates) {
    return KeptRanks.ofRates(
        model,
        result.request().objective().plan().method(),
        rates.stream().map(rate -> new Edit(result.layer(), result.request().modules(), rate)));
  }

  static String layer(int layer) {
    return layer == Edit.EVERY_LAYER ? "-1 (every layer)" : Integer.toString(layer);
  }

  /** What the search is on; for texts with their windows, on which the figures depend. */
  static String task(SearchObjective objective) {
    return switch (objective.data()) {
      case BenchmarkData.TaskExamples task ->
          "%s (%s)"
              .formatted(
                  Shown.name(task.benchmark().name()), Shown.name(task.benchmark().version()));
      case TextData texts -> texts.pair() + " (" + texts.protocol() + ")";
    };
  }

  private static String test(BenchmarkData data) {
    return switch (data) {
      case BenchmarkData.TaskExamples _ -> "exact McNemar test";
      case TextData _ -> "sign-flip test over windows";
    };
  }

  static String score(List<SeedValidation> seeds) {
    return switch (seeds.getFirst().score().metric()) {
      case ACCURACY, F1 -> "accuracy";
      case PERPLEXITY -> "perplexity";
    };
  }

  /** The number of examples or windows, and that of the seeds if there are several. */
  static String sizes(List<SeedValidation> seeds) {
    int count = seeds.getFirst().score().n();
    String n =
        switch (seeds.getFirst().score().metric()) {
          case ACCURACY, F1 -> "n = " + count;
          case PERPLEXITY -> count + " windows";
        };
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
      PrintStream out, SearchResult.RateCandidate candidate, String rank, String remark) {
    out.printf(
        "  %-6s %9s  %s%s%n",
        candidate.rate(),
        rank,
        switch (candidate.seeds().getFirst().score().metric()) {
          case ACCURACY, F1 -> "%.4f  %s".formatted(candidate.shown(), bar(candidate.shown()));
          case PERPLEXITY -> "%10.4f".formatted(candidate.shown());
        },
        remark);
  }

  private static String bar(double share) {
    int width = (int) Math.round(40 * share);
    return "#".repeat(width) + ".".repeat(40 - width);
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
      String which = test.seeds().size() == 1 ? "" : ", seed " + seed.seed();
      switch (seed.comparison()) {
        case PairedComparison examples -> print(out, which, name, examples);
        case WindowComparison windows -> print(out, name, windows);
      }
    }
    if (test.seeds().size() > 1) {
      spread(out, "plain", test.plain());
      spread(out, "pruned", test.pruned());
      spread(out, "difference", test.difference());
    }
  }

  private static void print(PrintStream out, String name, WindowComparison c) {
    out.printf(
        "test, %d windows: perplexity plain %.4f, %s %.4f; sign-flip p = %.4g%n",
        c.n(), StrictMath.exp(c.first()), name, StrictMath.exp(c.second()), c.pValue());
    Interval interval = c.bootstrap().interval();
    out.printf(
        "  nats per token %+.6f, 95 %% interval %+.6f to %+.6f (paired block bootstrap)%n",
        c.difference(), interval.lower(), interval.upper());
  }

  private static void print(PrintStream out, String which, String name, PairedComparison c) {
    out.printf(
        "test%s, n = %d: plain %.4f, %s %.4f%n"
            + "  correct only plain: %d, only pruned: %d; exact McNemar p = %.4g%n",
        which,
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
