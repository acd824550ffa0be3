package rankine.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Mixin LayerOptions where;

  @Mixin TaskOptions task;

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
            where.layer,
            where.modules(),
            where.clippingRates(),
            method.plan());
    try (LoadedModel loaded =
        LoadedModel.open(where.model, common.backendOptions(), cache.cache(common))) {
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
