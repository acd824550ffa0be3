package rankine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;
import rankine.engine.edit.EditPlan;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.SuiteResult;
import rankine.engine.icl.TaskParts;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;

/** {@code eval}: measures a model's in-context accuracy on a task. */
@Command(
    name = "eval",
    sortOptions = false,
    customSynopsis = {
      "rankine eval --model=DIR --task=TASK[:VERSION][,...] --data=DIR",
      "      [--edit=LAYER:MODULE:RATE]... [--output=FILE] [OPTIONS]"
    },
    description = {
      "Measure a model's in-context accuracy on a task.",
      "Prints the accuracy with n and its Wilson interval, the demonstrations and their seed, and"
          + " the confusion matrix; for squad exact match and F1. With --format json also the"
          + " manifest: hashes, versions and options that identify the run.",
      "--task may name several tasks: --data is then the folder that holds a folder for each, named"
          + " as the task, or TASK=DIR,TASK=DIR. A folder without the task's files whose folders have"
          + " them, such as MMLU's subjects, is evaluated folder by folder and as a whole. JSON is"
          + " then one object whose key results lists theirs, and groups the wholes."
    })
final class EvalCommand implements Callable<Integer> {
  @Mixin ModelOption model;

  @Mixin TaskOptions task;

  @Mixin SplitOptions split;

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      description =
          "Write one JSON line per example: prompt hash, log-probabilities, prediction. With --engine"
              + " spark a new folder of such files (default: not written).")
  Path predictions;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "Also write the result, as --format json prints it, to this file (default: not written).")
  Path resultFile;

  @Mixin OutputOptions output;

  @Mixin EditOptions edit;

  @Mixin EngineOptions engine;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Spec CommandSpec spec;

  private final Optional<EvalRunner> cluster;

  EvalCommand() {
    this.cluster = Optional.empty();
  }

  EvalCommand(EvalRunner cluster) {
    this.cluster = Optional.of(cluster);
  }

  @Override
  public Integer call() {
    engine.check();
    EditPlan requested = edit.plan();
    List<TaskParts> groups =
        task.all().stream().map(each -> TaskParts.of(each.task(), each.data())).toList();
    List<EvaluationRequest> requests = groups.stream().flatMap(this::requests).toList();
    checkOutputs(requests);
    if (requests.size() > 1) {
      return several(groups, requests, requested);
    }
    EvaluationRequest request = requests.getFirst();
    WorkerArguments worker =
        WorkerArguments.of(
                spec.commandLine().getParseResult(), EngineOptions.NAMES, Set.of("--task"))
            .withDefault("--data", task.data().toAbsolutePath().normalize().toString());
    if (engine.isSpark()) {
      return SparkSubmit.find(System.getenv(), Path.of(System.getProperty("rankine.home", ".")))
          .run("rankine.spark.EvalJob", engine.submitOptions(), worker);
    }
    try (LoadedModel loaded = open()) {
      EditPlan plan = edit.fitted(loaded, requested, common);
      EvaluationResult result = evaluate(loaded, plan, request, worker);
      loaded.checkpoint().checkUnchanged();
      ObjectNode json = EditOptions.measured(result.toJson(), loaded.original(), plan);
      if (common.json()) {
        StandardOutput.document(json);
      } else {
        EvaluationText.print(StandardOutput.stdout(), result);
        EditOptions.print(StandardOutput.stdout(), loaded.original(), plan);
        remarkBackend(result);
      }
      write(json);
    }
    return 0;
  }

  private Stream<EvaluationRequest> requests(TaskParts parts) {
    return parts.folders().stream()
        .map(each -> new EvaluationRequest(parts.task(), each, task.options(split.part())));
  }

  /**
   * Evaluates several tasks, or parts of one. The data of all are read before the first evaluation.
   */
  private int several(
      List<TaskParts> groups, List<EvaluationRequest> requests, EditPlan requested) {
    String found = groups.size() > 1 ? "one task, found several" : "one data folder, found several";
    if (predictions != null) {
      throw new UsageException("--predictions: expected with " + found);
    }
    if (engine.isSpark() || cluster.isPresent()) {
      throw new UsageException("--engine: spark: expected with " + found);
    }
    List<EvaluationResult> results = new ArrayList<>();
    try (LoadedModel loaded = open()) {
      EditPlan plan = edit.fitted(loaded, requested, common);
      LoadedModel edited = edit.applied(loaded, plan, common);
      List<TaskPrompts> prompts = requests.stream().map(each -> each.prompts(edited)).toList();
      for (TaskPrompts each : prompts) {
        try (Progress progress = new Progress(each.task().name(), common.quiet)) {
          results.add(Evaluator.once(edited, each, progress));
        }
        loaded.checkpoint().checkUnchanged();
        if (!common.json()) { // at once: a later task may take hours, or fail
          EvaluationText.print(StandardOutput.stdout(), results.getLast());
          StandardOutput.stdout().println();
        }
      }
      SuiteResult suite = SuiteResult.of(groups, results);
      ObjectNode json = suite.toJson();
      for (JsonNode each : json.get("results")) {
        EditOptions.measured((ObjectNode) each, loaded.original(), plan);
      }
      if (common.json()) {
        StandardOutput.document(json);
      } else {
        EvaluationText.printTable(StandardOutput.stdout(), suite);
        EditOptions.print(StandardOutput.stdout(), loaded.original(), plan);
        remarkBackend(results.getFirst());
      }
      write(json);
    }
    return 0;
  }

  private void remarkBackend(EvaluationResult result) {
    JsonNode backend = result.manifest().get("backend");
    common.remark(
        "backend: %s, %s (%s)"
            .formatted(
                backend.get("name").textValue(),
                backend.get("device").textValue(),
                backend.get("reason").textValue()));
  }

  LoadedModel open() {
    return common.open(model.folder, cache.cache(common));
  }

  /** Refuses outputs that would destroy something, before any work is done. */
  private void checkOutputs(List<EvaluationRequest> requests) {
    if (OutputOptions.isSame(predictions, resultFile)) {
      throw new UsageException(
          "--output: expected another file than --predictions, found the same");
    }
    List<Path> inputs = new ArrayList<>(List.of(model.folder));
    boolean elsewhere = engine.isSpark() || cluster.isPresent();
    if (!elsewhere) {
      Location.requirePath(spec, "--predictions");
    }
    // A cluster's predictions are a new folder, which the job makes.
    List<Path> files = new ArrayList<>(elsewhere ? List.of() : Arrays.asList(predictions));
    files.add(resultFile);
    for (Path file : files.stream().filter(Objects::nonNull).toList()) {
      OutputOptions.requireOutside(file, model.folder);
      inputs.addAll(task.inputs(requests));
      output.check(file, inputs);
    }
  }

  /**
   * Writes {@code --output}, if it is wanted. Comes after the result is printed, which a file that
   * cannot be written must not hide.
   */
  private void write(JsonNode result) {
    if (resultFile == null) {
      return;
    }
    String json = StandardOutput.pretty(result) + "\n";
    try {
      AtomicFile.write(output.file(resultFile), temporary -> Files.writeString(temporary, json));
    } catch (IOException e) {
      throw new RunException(AtomicFile.problem(resultFile, e), e);
    }
  }

  /** Closes the progress bar before the result is printed. */
  private EvaluationResult evaluate(
      LoadedModel loaded, EditPlan plan, EvaluationRequest request, WorkerArguments worker) {
    if (cluster.isPresent()) {
      TaskPrompts prompts = request.prompts(loaded);
      try (Progress progress = new Progress(task.task, common.quiet)) {
        return cluster
            .get()
            .run(
                loaded,
                plan,
                prompts,
                Location.of(spec, "--predictions").map(Location::absolute),
                worker,
                progress);
      }
    }
    LoadedModel edited = edit.applied(loaded, plan, common);
    try (Progress progress = new Progress(task.task, common.quiet)) {
      return Evaluator.once(
          edited, request, Optional.ofNullable(predictions).map(output::file), progress);
    }
  }
}
