package rankine.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.EditPlan;
import rankine.engine.run.EvaluationRun;
import rankine.engine.run.LoadedModel;

/** {@code eval}: the accuracy of a model on a task. */
@Command(
    name = "eval",
    sortOptions = false,
    description =
        "In-context accuracy of a model on a task, with its interval, confusion matrix and"
            + " manifest.")
final class EvalCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR", description = "A checkpoint.")
  Path model;

  @Mixin TaskOptions task;

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      description = "Write one JSON line an example: prompt hash, log-probabilities, prediction.")
  Path predictions;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    EditPlan plan = edit.plan();
    EvaluationRun.EvaluationRequest request =
        new EvaluationRun.EvaluationRequest(
            task.load(), task.data, task.options(), Optional.ofNullable(predictions));
    try (LoadedModel loaded =
        LoadedModel.open(model, common.backendOptions(), cache.cache(common))) {
      EvaluationRun run = evaluate(loaded.edited(plan), request);
      if (common.json()) {
        StandardOutput.document(run.toJson());
      } else {
        EvaluationText.print(StandardOutput.stdout(), run.result());
        common.remark(
            "backend: %s, %s (%s)"
                .formatted(
                    loaded.backend().backend().name(),
                    loaded.backend().backend().description(),
                    loaded.backend().reason()));
      }
    }
    return 0;
  }

  /** The bar is gone before the result is printed. */
  private EvaluationRun evaluate(LoadedModel loaded, EvaluationRun.EvaluationRequest request) {
    try (Progress progress = new Progress(task.task, common.quiet)) {
      return EvaluationRun.of(loaded, request, progress);
    }
  }
}
