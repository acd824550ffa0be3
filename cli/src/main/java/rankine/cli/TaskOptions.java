package rankine.cli;

import java.nio.file.Path;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.Task;

/** Which task, on which examples. */
final class TaskOptions {
  @Option(
      names = "--task",
      required = true,
      paramLabel = "NAME_OR_FILE[:VERSION]",
      description =
          "A built-in task or a task file; version corrected (default) or paper. Built in:"
              + " sst2, emoc, agnews, mrpc, rte, cb, copa, squad, demo-sentiment, demo-topic.")
  String task;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The folder with the task's data files.")
  Path data;

  @Option(names = "--split", paramLabel = "S", description = "test (default) or validation.")
  EvaluationSplit part = EvaluationSplit.TEST;

  @Option(
      names = "--shots",
      converter = RangeConverters.Natural.class,
      paramLabel = "K",
      description =
          "Demonstrations a class (squad: in total). Without it the task's own number, less if"
              + " the model's context is too short; with it, what does not fit is an error.")
  Integer shots;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Chooses the demonstrations, and nothing else; 0.")
  long seed;

  @Option(
      names = "--limit",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description =
          "Only N examples: a fixed pseudo-random subset, the same for every seed, contained in"
              + " that of every larger N.")
  Integer limit;

  Task load() {
    return Task.load(task);
  }

  EvaluationOptions options() {
    return new EvaluationOptions(part, optional(shots), seed, optional(limit));
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
