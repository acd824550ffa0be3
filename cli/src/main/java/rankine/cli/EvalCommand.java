package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;
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
      "      [--edit=LAYER:MODULE:RATE]... [--output=FILE] [OPTIONS]"
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

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "Also write the result, as --format json prints it, to this file (default: not written).")
  Path resultFile;

  @Mixin OutputOptions output;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    EditPlan requested = edit.plan();
    Task loadedTask = task.load();
    checkOutputs(loadedTask);
    EvaluationRequest request =
        new EvaluationRequest(loadedTask, task.data(), task.options(split.part()));
    try (LoadedModel loaded = common.open(model.folder, cache.cache(common))) {
      EditPlan plan = edit.fitted(loaded, requested, common);
      EvaluationResult result = evaluate(edit.applied(loaded, plan, common), request);
      loaded.checkpoint().checkUnchanged();
      if (resultFile != null) {
        write(result);
      }
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

  /** Refuses outputs that would destroy something, before any work is done. */
  private void checkOutputs(Task loadedTask) {
    if (predictions != null && predictions.equals(resultFile)) {
      throw new UsageException(
          "--output: expected another file than --predictions, found the same");
    }
    List<Path> inputs = new ArrayList<>(List.of(model.folder));
    for (Path file : Stream.of(predictions, resultFile).filter(Objects::nonNull).toList()) {
      OutputOptions.requireOutside(file, model.folder);
      inputs.addAll(task.inputs(loadedTask));
      output.check(file, inputs);
    }
  }

  private void write(EvaluationResult result) {
    String json = StandardOutput.pretty(result.toJson()) + "\n";
    try {
      AtomicFile.write(resultFile, temporary -> Files.writeString(temporary, json));
    } catch (IOException e) {
      throw new RunException(AtomicFile.problem(resultFile, e), e);
    }
  }

  /** Closes the progress bar before the result is printed. */
  private EvaluationResult evaluate(LoadedModel loaded, EvaluationRequest request) {
    try (Progress progress = new Progress(task.task, common.quiet)) {
      return Evaluator.once(loaded, request, Optional.ofNullable(predictions), progress);
    }
  }
}
