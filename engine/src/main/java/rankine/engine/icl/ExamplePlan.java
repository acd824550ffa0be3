package rankine.engine.icl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.common.TaskException;

/**
 * Which rows are shown and which are asked.
 *
 * @param task the task
 * @param options what was asked for
 * @param shots demonstrations asked for: the user's number or the task's
 * @param drawn the rows drawn for them, in the order of their layout
 * @param part all rows that could be evaluated, in file order: what fits a model's context is
 *     decided on these, so that it does not depend on the limit
 * @param rows the rows evaluated, in file order
 * @param notes plain sentences on how the data differs from what the task expects
 */
record ExamplePlan(
    Task task,
    EvaluationOptions options,
    int shots,
    List<DataRow> drawn,
    List<DataRow> part,
    List<DataRow> rows,
    List<String> notes) {

  private static final String LIMIT = "limit";

  /**
   * The plan for the data in {@code folder}.
   *
   * @throws TaskException for a fault in the data, or too few rows
   */
  static ExamplePlan of(Task task, Path folder, EvaluationOptions options) {
    DataFolder data = DataFolder.open(task.data(), folder);
    int shots = options.shots().orElse(task.defaultShots());
    List<String> notes = new ArrayList<>();
    List<DataRow> pool;
    List<DataRow> rows;
    if (task.data().oneFileInThirds() && data.roles().size() == 1) {
      DataSplit only = data.roles().getFirst();
      SingleFileSplit thirds = SingleFileSplit.of(data.rows(only));
      notes.add(
          "the folder has one file: its groups are divided, in file order, into demonstrations,"
              + " validation and test");
      pool = thirds.demonstrations();
      rows =
          switch (options.part()) {
            case VALIDATION -> thirds.validation();
            case TEST -> thirds.test();
          };
    } else {
      SplitPlan partition =
          SplitPlan.of(
              task,
              data.rows(DataSplit.TRAIN),
              effective(task, EvaluationSplit.VALIDATION, data),
              effective(task, EvaluationSplit.TEST, data));
      pool = partition.pool();
      rows = rows(task, data, partition, options.part(), notes);
    }
    List<DataRow> drawn = DemonstrationSampler.draw(task, pool, shots, options.seed());
    List<DataRow> part = evaluated(task, Integer.MAX_VALUE, rows, drawn);
    List<DataRow> asked = evaluated(task, options.limit().orElse(Integer.MAX_VALUE), rows, drawn);
    if (asked.isEmpty()) {
      throw new TaskException(
          "%s: expected rows for %s, found none".formatted(folder, options.part().label()));
    }
    return new ExamplePlan(task, options, shots, drawn, part, asked, List.copyOf(notes));
  }

  /** The part's rule over train, if it has one for this folder. */
  private static Optional<SplitRule> effective(Task task, EvaluationSplit part, DataFolder data) {
    SplitRule rule = task.split(part);
    return rule instanceof SplitRule.FileOrTrain either && data.has(either.role())
        ? Optional.empty()
        : Optional.of(rule);
  }

  private static List<DataRow> rows(
      Task task, DataFolder data, SplitPlan partition, EvaluationSplit part, List<String> notes) {
    List<DataRow> ofTrain =
        switch (part) {
          case VALIDATION -> partition.validation();
          case TEST -> partition.test();
        };
    return switch (task.split(part)) {
      case SplitRule.WholeFile(DataSplit role) -> data.rows(role);
      case SplitRule.OthersOfTrain _ -> data.rows(DataSplit.TRAIN);
      case SplitRule.RestOfTrain _ -> ofTrain;
      case SplitRule.FromTrain rule -> {
        noteShortage(task, part, rule, ofTrain.size(), notes);
        yield ofTrain;
      }
      case SplitRule.FileOrTrain(DataSplit role, SplitRule.FromTrain otherwise) -> {
        if (data.has(role)) {
          yield data.rows(role);
        }
        notes.add(
            "%s: the folder has no %s file; rows of train that are never demonstrations are used"
                .formatted(part.label(), role.label()));
        noteShortage(task, part, otherwise, ofTrain.size(), notes);
        yield ofTrain;
      }
    };
  }

  private static void noteShortage(
      Task task, EvaluationSplit part, SplitRule.FromTrain rule, int found, List<String> notes) {
    long asked = rule.perClass() ? (long) rule.count() * task.classes().size() : rule.count();
    if (found < asked) {
      notes.add(
          "%s: %d rows of train instead of %d, for train has too few"
              .formatted(part.label(), found, asked));
    }
  }

  /** Leaves out what is shown, and all beyond the limit. */
  private static List<DataRow> evaluated(
      Task task, int most, List<DataRow> rows, List<DataRow> drawn) {
    Set<DataRow> out = new HashSet<>(drawn);
    // The order is one of all rows, so that a row's rank does not depend on what is left out.
    List<Integer> chosen =
        Randomness.permutation(rows.size(), task.name(), LIMIT, 0).stream()
            .filter(i -> !out.contains(rows.get(i)))
            .limit(most)
            .sorted()
            .toList();
    return chosen.stream().map(rows::get).toList();
  }

  /** The rows shown with {@code k} of the shots asked for. */
  List<DataRow> demonstrations(int k) {
    return drawn.subList(0, task.demonstrations().shown(k));
  }
}
