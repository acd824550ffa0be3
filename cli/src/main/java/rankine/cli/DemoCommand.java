package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Task;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.engine.search.LayerSelection;
import rankine.engine.search.RateSearch;
import rankine.engine.search.SearchObjective;
import rankine.engine.search.SearchResult;
import rankine.engine.search.SearchSpace;
import rankine.engine.search.SeedTests;
import rankine.engine.sweep.RateRule;

/**
 * {@code demo}: evaluates and prunes the built-in checkpoint {@code demo/overfitted} on its two
 * tasks.
 */
@Command(
    name = "demo",
    sortOptions = false,
    description = {
      "Evaluate and prune the built-in checkpoint.",
      "Prints one prompt and the model's answer; the accuracy of the plain model on two tasks; and"
          + " a search over the paper's pruning rates for the MLP of the first layer and that of"
          + " the last. The last one was over-fitted on wrong labels; demo/README.md says how."
    })
final class DemoCommand implements Callable<Integer> {
  private static final List<String> TASKS = List.of("sentiment", "topic");

  /** The pruning rates of the paper, arXiv 2406.03768. */
  private static final List<String> RATES =
      List.of("0", "0.1", "0.5", "0.75", "0.9", "0.95", "0.99", "0.995");

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    Path demo = InstallFolder.folder().resolve("demo");
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode results = json.putArray("results");
    ArrayNode searches = json.putArray("searches");
    try (LoadedModel loaded =
        LoadedModel.open(demo.resolve("overfitted"), common.backendOptions())) {
      if (!common.json()) {
        StandardOutput.stdout()
            .printf(
                "GPT-J, %,d layers, hidden size %d, trained for in-context learning; then the last MLP"
                    + " was over-fitted%non wrong labels.%nBackend %s: %s.%n%n",
                loaded.model().config().layers(),
                loaded.model().config().hiddenSize(),
                loaded.backend().backend().name(),
                loaded.backend().backend().description());
        DemoExample.print(
            StandardOutput.stdout(),
            loaded,
            Task.load("demo-" + TASKS.getFirst()),
            demo.resolve("data").resolve(TASKS.getFirst()));
        StandardOutput.requireWritable();
      }
      for (String name : TASKS) {
        EvaluationRequest request =
            new EvaluationRequest(
                Task.load("demo-" + name),
                demo.resolve("data").resolve(name),
                EvaluationOptions.DEFAULT);
        EvaluationResult result = evaluate(loaded, request, name);
        if (common.json()) {
          results.add(result.toJson());
        } else {
          EvaluationText.print(StandardOutput.stdout(), result);
          StandardOutput.requireWritable();
        }
      }
      int last = loaded.model().config().layers() - 1;
      for (int layer : new int[] {0, last}) {
        SearchResult search =
            RateSearch.run(loaded, search(demo, layer), new SearchProgress(common.quiet));
        if (common.json()) {
          searches.add(search.toJson());
        } else {
          SearchText.print(StandardOutput.stdout(), loaded.model(), search);
          StandardOutput.stdout().printf("%n%s%n", summary(layer, search));
          StandardOutput.requireWritable();
        }
      }
    }
    if (common.json()) {
      StandardOutput.document(json);
    }
    return 0;
  }

  private static RateSearch.SearchRequest search(Path demo, int layer) {
    return new RateSearch.SearchRequest(
        new SearchObjective(
            Task.load("demo-topic"),
            demo.resolve("data").resolve("topic"),
            EvaluationOptions.DEFAULT,
            List.of(0L)),
        new SearchSpace.InLayer(
            new LayerSelection.One(layer), ModuleSelection.of("mlp"), EditPlan.NONE),
        RATES.stream().map(PruningRate::parse).toList(),
        RateRule.BEST);
  }

  /**
   * One sentence on the layer: what the chosen rate did to the test split, and whether by chance.
   */
  private static String summary(int layer, SearchResult search) {
    SeedTests.SeedTest test = search.test().seeds().getFirst();
    if (search.group().chosen().rate().isZero()) {
      return "Layer %d: no rate is better than the plain model.".formatted(layer);
    }
    return "Layer %d: rate %s takes the test accuracy from %.3f to %.3f, which is %s (p = %.2g)."
        .formatted(
            layer,
            search.group().chosen().rate(),
            test.plain().score().shown(),
            test.pruned().score().shown(),
            test.comparison().pValue() < 0.05 ? "significant" : "within chance",
            test.comparison().pValue());
  }

  /** Closes the progress bar before the result is printed. */
  private EvaluationResult evaluate(LoadedModel loaded, EvaluationRequest request, String name) {
    try (Progress progress = new Progress(name, common.quiet)) {
      return Evaluator.once(loaded, request, Optional.empty(), progress);
    }
  }
}
