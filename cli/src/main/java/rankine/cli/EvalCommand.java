package rankine.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Task;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;

/** {@code eval}: measures a model's in-context accuracy on a task. */
@Command(
    name = "eval",
    sortOptions = false,
    customSynopsis = {
      "rankine eval --model=DIR --task=TASK[:VERSION] --data=DIR",
      "      [--edit=LAYER:MODULE:RATE]... [OPTIONS]"
    },
    description = {
      "Measure a model's in-context accuracy on a task.",
      "Prints the accuracy with n and its Wilson interval, the demonstrations and their seed, and"
          + " the confusion matrix; for squad exact match and F1. With --format json also the"
          + " manifest: hashes, versions and options that identify the run."
    })
final class EvalCommand implements Callable<Integer> {
  @Mixin ModelOption model;

  @Mixin TaskOptions task;

  @Mixin SplitOptions split;

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      description =
          "Write one JSON line per example: prompt hash, log-probabilities, prediction (default: not"
              + " written).")
  Path predictions;

  @Mixin OutputOptions output;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    EditPlan requested = edit.plan();
    Task loadedTask = task.load();
    if (predictions != null) {
      OutputOptions.requireOutside(predictions, model.folder);
      List<Path> inputs = new ArrayList<>(task.inputs(loadedTask));
      inputs.add(model.folder);
      output.check(predictions, inputs);
    }
    EvaluationRequest request =
        new EvaluationRequest(loadedTask, task.data(), task.options(split.part()));
    try (LoadedModel loaded = common.open(model.folder, cache.cache(common))) {
      EditPlan plan = edit.fitted(loaded, requested, common);
      EvaluationResult result = evaluate(edit.applied(loaded, plan, common), request);
      loaded.checkpoint().checkUnchanged();
      if (common.json()) {
        StandardOutput.document(result.toJson());
      } else {
        EvaluationText.print(StandardOutput.stdout(), result);
        EditOptions.print(StandardOutput.stdout(), loaded.original(), plan);
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

  /** Closes the progress bar before the result is printed. */
  private EvaluationResult evaluate(LoadedModel loaded, EvaluationRequest request) {
    try (Progress progress = new Progress(task.task, common.quiet)) {
      return Evaluator.once(loaded, request, Optional.ofNullable(predictions), progress);
    }
  }
}
