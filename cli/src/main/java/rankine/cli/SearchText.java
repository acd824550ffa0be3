package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import rankine.common.io.Shown;
import rankine.engine.edit.Edit;
import rankine.engine.model.Model;
import rankine.engine.search.LayerGuide;
import rankine.engine.search.SearchObjective;
import rankine.engine.search.SearchResult;
import rankine.engine.search.SearchSpace;
import rankine.engine.search.SeedTests;
import rankine.engine.search.SeedValidation;
import rankine.engine.stats.Interval;
import rankine.engine.stats.PairedComparison;
import rankine.engine.stats.SeedSpread;
import rankine.engine.stats.WindowComparison;
import rankine.engine.sweep.BenchmarkData;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.ModelTarget;
import rankine.engine.sweep.RateRule;
import rankine.engine.sweep.SearchGroup;
import rankine.engine.sweep.TextData;

/** The result of a search as text, with a bar chart of the accuracies. */
final class SearchText {
  private static final String LEVEL = "level " + RateRule.LEVEL + ", Holm-corrected";

  private SearchText() {}

  static void print(PrintStream out, Model model, SearchResult result) {
    SearchGroup group = result.group();
    List<SeedValidation> plain = result.validation().getFirst();
    result.guide().ifPresent(guide -> print(out, guide));
    out.printf(
        "%nsearch, %s, %s%n  %s on validation, %s%s%n",
        task(result.request().objective()),
        space(result),
        score(plain),
        sizes(plain),
        result.request().objective().seeds().size() > 1
            ? ""
            : "; p: %s against %s 0, Holm-corrected"
                .formatted(test(result.request().objective().data()), axis(result)));
    out.println("  " + heading(result.request().space()) + "  " + score(plain));
    for (int i = 0; i < result.validation().size(); i++) {
      SearchGroup.Candidate candidate = group.candidates().get(i);
      List<SeedValidation> seeds = result.validation().get(i);
      String remark =
          candidate.equals(group.chosen()) ? chosen(result.request().rule(), seeds) : pValue(seeds);
      print(out, columns(model, result, candidate), seeds, remark);
    }
    if (group.candidates().stream()
        .anyMatch(candidate -> inBrackets(model, result, candidate).contains("all zero"))) {
      out.println("  rank 0: the rate leaves nothing of so small a matrix; it is all zero");
    }
    out.println("  " + choice(model, result));
    print(
        out,
        group.chosen().rate().isZero()
            ? axis(result) + " 0 (the same model)"
            : axis(result) + " " + named(model, result, List.of(group.chosen())),
        result.test());
  }

  private static String axis(SearchResult result) {
    return switch (result.request().space()) {
      case SearchSpace.InLayer _ -> "rate";
      case SearchSpace.WholeModel _ -> "ratio";
    };
  }

  private static String space(SearchResult result) {
    return switch (result.request().space()) {
      case SearchSpace.InLayer space ->
          "layer %s, module %s, method %s"
              .formatted(
                  layer(space.target(result.guide()).layer()),
                  space.modules().name(),
                  space.plan().method().label());
      case SearchSpace.WholeModel space ->
          "the whole model, method "
              + space.methods().stream()
                  .map(ModelTarget::toString)
                  .collect(Collectors.joining(", "));
    };
  }

  private static String heading(SearchSpace space) {
    return switch (space) {
      case SearchSpace.InLayer _ -> "rate        rank";
      case SearchSpace.WholeModel _ -> "ratio    removed  method         ";
    };
  }

  /** What goes before a candidate's score. */
  private static String columns(Model model, SearchResult result, SearchGroup.Candidate candidate) {
    return switch (result.request().space()) {
      case SearchSpace.InLayer space ->
          "%-6s %9s"
              .formatted(
                  candidate.rate(),
                  KeptRanks.of(
                      model,
                      space.plan().method(),
                      space.target(result.guide()).edit(candidate.rate())));
      case SearchSpace.WholeModel _ ->
          "%-6s %9s  %-15s"
              .formatted(
                  candidate.rate(),
                  candidate.removed().isPresent()
                      ? "%.2f %%".formatted(candidate.removed().getAsDouble() * 100)
                      : "-",
                  candidate.target().map(EditTarget::toString).orElse("plain"));
    };
  }

  /** The remark on the chosen rate. The best one's p-value is left out: the choice flatters it. */
  private static String chosen(RateRule rule, List<SeedValidation> seeds) {
    return switch (rule) {
      case BEST -> "  chosen";
      case SMALLEST, LARGEST_NOT_WORSE -> pValue(seeds) + "  chosen";
    };
  }

  /** One sentence on the rule that chose the candidate, and on ties. */
  private static String choice(Model model, SearchResult result) {
    List<SearchGroup.Candidate> tied = result.group().tied();
    return switch (result.request().rule()) {
      case BEST ->
          tied.isEmpty()
              ? "chosen: the best on validation"
              : "chosen: the best on validation; tied with it: %s; the smallest of them is taken"
                  .formatted(named(model, result, tied));
      case SMALLEST ->
          "chosen: the smallest %s that is not significantly worse (%s) than the best, %s"
              .formatted(
                  axis(result), LEVEL, named(model, result, result.group().best().subList(0, 1)));
      case LARGEST_NOT_WORSE ->
          "chosen: the largest %s that is not significantly worse (%s) than %1$s 0"
              .formatted(axis(result), LEVEL);
    };
  }

  private static String named(
      Model model, SearchResult result, List<SearchGroup.Candidate> candidates) {
    return candidates.stream()
        .map(candidate -> candidate.rate() + inBrackets(model, result, candidate))
        .collect(Collectors.joining(", "));
  }

  /** The rank that a layer keeps, or the method of the whole model. */
  private static String inBrackets(
      Model model, SearchResult result, SearchGroup.Candidate candidate) {
    return switch (result.request().space()) {
      case SearchSpace.InLayer space ->
          KeptRanks.inBrackets(
              model, space.plan().method(), space.target(result.guide()).edit(candidate.rate()));
      case SearchSpace.WholeModel _ ->
          " (" + candidate.target().map(EditTarget::toString).orElse("plain") + ")";
    };
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
      PrintStream out, String columns, List<SeedValidation> seeds, String remark) {
    double shown = SeedValidation.shown(seeds);
    out.printf(
        "  %s  %s%s%n",
        columns,
        switch (seeds.getFirst().score().metric()) {
          case ACCURACY, F1 -> "%.4f  %s".formatted(shown, bar(shown));
          case PERPLEXITY -> "%10.4f".formatted(shown);
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
        "  over %d seeds, %s: mean %.4f%s, %.4f to %.4f%n",
        spread.seeds(),
        name,
        spread.mean(),
        spread.standardDeviation().isPresent()
            ? ", standard deviation %.4f".formatted(spread.standardDeviation().getAsDouble())
            : " (the same prompts)",
        spread.min(),
        spread.max());
  }
}
