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
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.Task;
import rankine.engine.run.EvaluationRun;
import rankine.engine.run.LoadedModel;

/** {@code demo}: the built-in checkpoint on its two tasks. */
@Command(
    name = "demo",
    sortOptions = false,
    description = "In-context accuracy of the built-in checkpoint on the built-in tasks.")
final class DemoCommand implements Callable<Integer> {
  private static final List<String> TASKS = List.of("sentiment", "topic");

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    Path demo = Home.folder().resolve("demo");
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode results = json.putArray("results");
    try (LoadedModel loaded =
        LoadedModel.open(demo.resolve("checkpoint"), common.backendOptions())) {
      if (!common.json()) {
        Output.stdout()
            .printf(
                "A GPT-J of %,d layers and width %d that learned to learn in context; backend %s,"
                    + " %s.%n",
                loaded.model().config().layers(),
                loaded.model().config().hiddenSize(),
                loaded.backend().backend().name(),
                loaded.backend().backend().description());
      }
      for (String name : TASKS) {
        EvaluationRun.Request request =
            new EvaluationRun.Request(
                Task.load("demo-" + name),
                demo.resolve("data").resolve(name),
                EvaluationOptions.DEFAULT,
                Optional.empty());
        EvaluationRun run = evaluate(loaded, request, name);
        if (common.json()) {
          results.add(run.toJson());
        } else {
          ResultText.print(Output.stdout(), run.result());
        }
      }
    }
    if (common.json()) {
      Output.document(json);
    }
    return 0;
  }

  /** The bar is gone before the result is printed. */
  private EvaluationRun evaluate(LoadedModel loaded, EvaluationRun.Request request, String name) {
    try (Progress progress = new Progress(name, common.quiet)) {
      return EvaluationRun.of(loaded, request, progress);
    }
  }
}
