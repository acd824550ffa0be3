package rankine.cli;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.Modules;
import rankine.engine.run.LoadedModel;
import rankine.engine.search.RateSearch;
import rankine.engine.search.SearchResult;

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

  @Mixin CacheOptions cache;

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
    try (LoadedModel loaded =
        LoadedModel.open(model, common.backendOptions(), cache.cache(common))) {
      SearchResult result = RateSearch.run(loaded, request, new SearchProgress(common.quiet));
      if (common.json()) {
        Output.document(result.toJson());
      } else {
        SearchText.print(Output.stdout(), result);
      }
    }
    return 0;
  }
}
