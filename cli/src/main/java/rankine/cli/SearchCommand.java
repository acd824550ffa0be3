package rankine.cli;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.Modules;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.run.LoadedModel;
import rankine.engine.search.RateSearch;
import rankine.engine.search.SearchResult;
import rankine.engine.stats.PairedComparison;

/** {@code search}: the rate that is best on validation, and what it does on test. */
@Command(
    name = "search",
    sortOptions = false,
    description =
        "Algorithm 1 of arXiv 2406.03768: every rate on validation, the best one on test, against"
            + " the unpruned model.")
final class SearchCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR", description = "A checkpoint.")
  Path model;

  @Mixin TaskOptions task;

  @Option(
      names = "--layer",
      required = true,
      paramLabel = "L",
      description = "From 0; -1 is every layer.")
  int layer;

  @Option(
      names = "--module",
      required = true,
      paramLabel = "M",
      description = "q_proj, k_proj, v_proj, out_proj, fc_in, fc_up, fc_out, attn, mlp or all.")
  String module;

  @Option(
      names = "--rates",
      split = ",",
      paramLabel = "R,…",
      description = "Candidate rates, 0 always among them; ${DEFAULT-VALUE}.",
      defaultValue = "0,0.1,0.5,0.75,0.9,0.95,0.99,0.995")
  List<BigDecimal> rates;

  @Mixin MethodOptions method;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    RateSearch.Request request =
        new RateSearch.Request(
            task.load(),
            task.data,
            task.options(),
            layer,
            Modules.of(module),
            rates,
            method.plan());
    try (LoadedModel loaded = LoadedModel.open(model, common.backendOptions())) {
      SearchResult result = RateSearch.run(loaded, request, new Bars(common.quiet));
      if (common.json()) {
        Output.document(result.toJson());
      } else {
        print(Output.stdout(), result);
      }
    }
    return 0;
  }

  /** A bar for each evaluation. */
  private static final class Bars implements RateSearch.Listener {
    private final boolean quiet;
    private Progress bar;

    Bars(boolean quiet) {
      this.quiet = quiet;
    }

    @Override
    public void begin(String what) {
      bar = new Progress(what, quiet);
    }

    @Override
    public void progress(int done, int total) {
      bar.progress(done, total);
    }

    @Override
    public void end() {
      bar.close();
    }
  }

  private static void print(PrintStream out, SearchResult result) {
    out.printf(
        "%s (%s), layer %d, %s, %s: validation, n = %d%n",
        result.request().task().name(),
        result.request().task().version(),
        result.request().layer(),
        result.request().modules().name(),
        result.request().plan().method().label(),
        result.candidates().getFirst().validation().counts().n());
    for (SearchResult.Candidate candidate : result.candidates()) {
      print(out, candidate, candidate.rate().compareTo(result.chosen()) == 0);
    }
    if (result.best().size() > 1) {
      out.printf(
          "  as good: %s; the smallest is taken%n",
          result.best().stream()
              .skip(1)
              .map(BigDecimal::toPlainString)
              .collect(Collectors.joining(", ")));
    }
    PairedComparison c = result.comparison();
    out.printf(
        "test, n = %d: plain %.4f, rate %s %.4f; %d only plain right, %d only pruned;"
            + " exact McNemar p = %.4g%n",
        c.n(),
        c.firstAccuracy(),
        result.chosen().toPlainString(),
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
        candidate.rate().toPlainString(),
        result.accuracy(),
        "#".repeat(width),
        ".".repeat(40 - width),
        chosen
            ? "  chosen"
            : candidate.against().map(a -> "  p = %.3g (Holm)".formatted(a.adjusted())).orElse(""));
  }
}
