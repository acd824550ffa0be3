package rankine.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.Task;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.sweep.TaskData;

/** The task, its data, and the demonstrations and examples to use. */
final class TaskOptions {
  private static final String DEMO = "demo-";

  @Option(
      names = "--task",
      required = true,
      paramLabel = "NAME_OR_FILE[:VERSION]",
      description =
          "Built-in task or task file. Version corrected: sound prompts and scoring; paper: those"
              + " of the paper's code, for comparison with its figures (default: corrected)."
              + " Built in: sst2, emoc, agnews, mrpc, rte, cb, copa, squad; with the prompts of"
              + " lm-evaluation-harness hellaswag, arc, piqa, winogrande, boolq, mmlu, lambada;"
              + " demo-sentiment, demo-topic.")
  String task;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the task's data files; required, except for demo-sentiment and demo-topic, whose"
              + " data are at hand.")
  private Path data;

  @Option(
      names = "--shots",
      converter = RangeConverters.Natural.class,
      paramLabel = "K",
      description =
          "Shots: demonstrations (solved examples) in the prompt per class, or in total where the"
              + " task says so (rankine tasks); too"
              + " many for the model's context is an error (default: the task's own number, lowered"
              + " to fit the context).")
  Integer shots;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed that selects the demonstrations, and nothing else (default: 0).")
  long seed;

  @Option(
      names = "--limit",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description =
          "Evaluate only N examples: a fixed pseudo-random subset, the same for every seed and"
              + " contained in that of every larger N (default: all).")
  Integer limit;

  /** Returns the folder of the data: that of the demo for its tasks. */
  Path data() {
    return data != null ? data : demoData(task);
  }

  private static Path demoData(String spec) {
    String name = spec.split(":", 2)[0];
    if (!name.startsWith(DEMO) || !Task.BUILT_IN.contains(name)) {
      throw new UsageException("Missing required option: '--data=DIR'");
    }
    return InstallFolder.folder().resolve("demo/data").resolve(name.substring(DEMO.length()));
  }

  /** Returns the files that define tasks and their examples. */
  List<Path> inputs(List<EvaluationRequest> requests) {
    Stream<Path> definitions = specs().stream().flatMap(spec -> Task.file(spec).stream());
    Stream<Path> examples =
        requests.stream().flatMap(each -> each.task().dataFiles(each.data()).stream());
    return Stream.concat(examples, definitions).toList();
  }

  private List<String> specs() {
    return task.indexOf(',') < 0 || Files.exists(Path.of(task))
        ? List.of(task)
        : List.of(task.split(","));
  }

  /**
   * Returns the tasks, which commas separate, with their folders. For several tasks {@code --data}
   * is {@code TASK=DIR} for one or the folder that holds a folder for each, with commas between.
   */
  List<TaskData> all() {
    List<String> specs = specs();
    if (specs.size() == 1) {
      return List.of(new TaskData(load(), data()));
    }
    specs.forEach(spec -> load("--task", spec));
    if (data != null) {
      List<String> folders = List.of(data.toString().split(","));
      return UsageException.request(() -> TaskData.of(specs, folders));
    }
    return specs.stream().map(spec -> new TaskData(load("--task", spec), demoData(spec))).toList();
  }

  Task load() {
    return load("--task", task);
  }

  /** Loads a task. An unknown name or version is a usage error, a bad file is not. */
  static Task load(String option, String spec) {
    return Task.file(spec).isPresent()
        ? Task.load(spec)
        : UsageException.parse(option, spec, Task::load);
  }

  EvaluationOptions options(EvaluationSplit part) {
    return new EvaluationOptions(part, optional(shots), seed, optional(limit));
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
