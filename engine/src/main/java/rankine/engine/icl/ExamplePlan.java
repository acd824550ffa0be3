package rankine.engine.icl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.common.TaskException;

/**
 * The rows of an evaluation: its demonstrations and its examples.
 *
 * @param task the task
 * @param options of the evaluation
 * @param shots demonstrations requested, by the user or the task
 * @param drawn the rows drawn as demonstrations, in prompt order
 * @param eligible all rows of the evaluation split, in file order: the shots that fit a model's
 *     context are decided on these, so that they do not depend on the limit
 * @param rows the examples: eligible rows up to the limit, in file order
 * @param notes plain sentences on how the data differs from what the task expects
 */
record ExamplePlan(
    Task task,
    EvaluationOptions options,
    int shots,
    List<DataRow> drawn,
    List<DataRow> eligible,
    List<DataRow> rows,
    List<String> notes) {

  private static final String LIMIT = "limit";

  /**
   * Plans the evaluation of the data in {@code folder}.
   *
   * @throws TaskException for malformed data or too few rows
   */
  static ExamplePlan of(Task task, Path folder, EvaluationOptions options) {
    DataFolder data = DataFolder.open(task.data(), folder);
    int shots = options.shots().orElse(task.defaultShots());
    List<String> notes = new ArrayList<>();
    List<DataRow> pool;
    List<DataRow> rows;
    if (task.data().oneFileInThirds() && data.splits().size() == 1) {
      DataSplit onlySplit = data.splits().getFirst();
      SplitPlan splits = SplitPlan.inThirds(data.rows(onlySplit));
      notes.add(
          "the folder has one file: its groups are divided, in file order, into demonstrations,"
              + " validation and test");
      pool = splits.pool();
      rows = splits.of(options.part());
    } else {
      SplitPlan splits =
          SplitPlan.of(
              task,
              needsTrain(task, data, options.part(), shots)
                  ? data.rows(DataSplit.TRAIN)
                  : List.of(),
              effectiveRule(task, EvaluationSplit.VALIDATION, data),
              effectiveRule(task, EvaluationSplit.TEST, data));
      pool = splits.pool();
      rows = rows(task, data, splits, options.part(), notes);
    }
    List<DataRow> drawn = DemonstrationSampler.draw(task, pool, shots, options.seed());
    List<DataRow> eligible = examples(task, Integer.MAX_VALUE, rows, drawn);
    List<DataRow> examples = examples(task, options.limit().orElse(Integer.MAX_VALUE), rows, drawn);
    if (examples.isEmpty()) {
      throw new TaskException(
          "%s: expected rows for %s, found none".formatted(folder, options.part().label()));
    }
    return new ExamplePlan(task, options, shots, drawn, eligible, examples, List.copyOf(notes));
  }

  /** Without demonstrations, a split that has a file of its own needs no other. */
  private static boolean needsTrain(Task task, DataFolder data, EvaluationSplit part, int shots) {
    return data.has(DataSplit.TRAIN)
        || shots > 0
        || switch (task.split(part)) {
          case SplitRule.WholeFile _ -> false;
          case SplitRule.FileOrTrain(DataSplit split, _) -> !data.has(split);
          case SplitRule.FromTrain _, SplitRule.RestOfTrain _, SplitRule.OthersOfTrain _ -> true;
        };
  }

  /** Returns the split's rule; empty if its own file is present and replaces rows of train. */
  private static Optional<SplitRule> effectiveRule(
      Task task, EvaluationSplit part, DataFolder data) {
    SplitRule rule = task.split(part);
    return rule instanceof SplitRule.FileOrTrain fileOrTrain && data.has(fileOrTrain.split())
        ? Optional.empty()
        : Optional.of(rule);
  }

  private static List<DataRow> rows(
      Task task, DataFolder data, SplitPlan splits, EvaluationSplit part, List<String> notes) {
    List<DataRow> trainRows = splits.of(part);
    return switch (task.split(part)) {
      case SplitRule.WholeFile(DataSplit split) -> data.rows(split);
      case SplitRule.OthersOfTrain _ -> data.rows(DataSplit.TRAIN);
      case SplitRule.RestOfTrain _ -> trainRows;
      case SplitRule.FromTrain rule -> {
        noteShortage(task, part, rule, trainRows.size(), notes);
        yield trainRows;
      }
      case SplitRule.FileOrTrain(DataSplit split, SplitRule.FromTrain fallback) -> {
        if (data.has(split)) {
          yield data.rows(split);
        }
        notes.add(
            "%s: the folder has no %s file; rows of train that are never demonstrations are used"
                .formatted(part.label(), split.label()));
        noteShortage(task, part, fallback, trainRows.size(), notes);
        yield trainRows;
      }
    };
  }

  private static void noteShortage(
      Task task, EvaluationSplit part, SplitRule.FromTrain rule, int found, List<String> notes) {
    long requested = rule.perClass() ? (long) rule.count() * task.classes().size() : rule.count();
    if (found < requested) {
      notes.add(
          "%s: %d rows of train instead of %d, because train has too few"
              .formatted(part.label(), found, requested));
    }
  }

  /** Returns the rows that are no demonstrations, up to a limit. */
  private static List<DataRow> examples(
      Task task, int limit, List<DataRow> rows, List<DataRow> drawn) {
    Set<DataRow> excluded = new HashSet<>(drawn);
    // Permutes all rows, so that a row's rank does not depend on the excluded ones.
    List<Integer> chosen =
        Randomness.permutation(rows.size(), task.name(), LIMIT, 0).stream()
            .filter(i -> !excluded.contains(rows.get(i)))
            .limit(limit)
            .sorted()
            .toList();
    return chosen.stream().map(rows::get).toList();
  }

  /** Returns the demonstrations that a prompt of {@code k} shots shows. */
  List<DataRow> demonstrations(int k) {
    return drawn.subList(0, task.demonstrations().shown(k));
  }
}
