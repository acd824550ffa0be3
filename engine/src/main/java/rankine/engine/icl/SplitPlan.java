package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of train, or of the only file, divided into validation, test and the pool from which
 * demonstrations are drawn. The division does not depend on the seed.
 *
 * @param validation rows reserved for validation, in file order; empty if its rule reserves none
 * @param test rows reserved for test, in file order; empty if its rule reserves none
 * @param pool the other rows, in file order
 */
record SplitPlan(List<DataRow> validation, List<DataRow> test, List<DataRow> pool) {

  /** The purpose of the permutation; see {@link Randomness}. */
  private static final String PURPOSE = "partition";

  /**
   * Divides train by a fixed permutation and the task's rules. If train is small, a split takes at
   * most half of the remaining rows (of each class, if its rule counts per class), so that rows
   * remain for demonstrations.
   */
  static SplitPlan of(
      Task task, List<DataRow> train, Optional<SplitRule> validation, Optional<SplitRule> test) {
    List<DataRow> remaining = new ArrayList<>(Randomness.shuffled(train, task.name(), PURPOSE, 0));
    List<DataRow> validationRows = take(remaining, validation);
    List<DataRow> testRows = take(remaining, test);
    return new SplitPlan(
        inFileOrder(validationRows), inFileOrder(testRows), inFileOrder(remaining));
  }

  /**
   * Divides the rows of a single file by their groups, in file order: the first third of the groups
   * for demonstrations, the second for validation, the last for test. Rows of one group, such as
   * the questions on one article, stay together.
   *
   * @param rows whose groups are numbered from 0 in file order
   */
  static SplitPlan inThirds(List<DataRow> rows) {
    int groups = rows.getLast().group() + 1;
    List<List<DataRow>> thirds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (DataRow row : rows) {
      thirds.get((int) (3L * row.group() / groups)).add(row);
    }
    return new SplitPlan(thirds.get(1), thirds.get(2), thirds.get(0));
  }

  /** The rows of an evaluation split. */
  List<DataRow> of(EvaluationSplit part) {
    return switch (part) {
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }

  private static List<DataRow> take(List<DataRow> remaining, Optional<SplitRule> rule) {
    return switch (rule.orElse(null)) {
      case SplitRule.FromTrain(int count, boolean perClass) ->
          perClass
              ? takeOfEachClass(remaining, count)
              : take(remaining, Math.min(count, remaining.size() / 2));
      case SplitRule.RestOfTrain(int leave) -> {
        List<DataRow> kept = takeOfEachClass(remaining, leave);
        List<DataRow> rest = List.copyOf(remaining);
        remaining.clear();
        remaining.addAll(kept);
        yield rest;
      }
      case SplitRule.FileOrTrain(_, SplitRule.FromTrain fallback) ->
          take(remaining, Optional.of(fallback));
      case SplitRule.WholeFile _, SplitRule.OthersOfTrain _ -> List.of();
      case null -> List.of();
    };
  }

  private static List<DataRow> take(List<DataRow> remaining, int count) {
    List<DataRow> front = remaining.subList(0, count);
    List<DataRow> taken = List.copyOf(front);
    front.clear();
    return taken;
  }

  private static List<DataRow> takeOfEachClass(List<DataRow> remaining, int count) {
    Map<Integer, Integer> sizes = new HashMap<>();
    remaining.forEach(row -> sizes.merge(row.label(), 1, Integer::sum));
    Map<Integer, Integer> quotas = new HashMap<>();
    sizes.forEach((label, size) -> quotas.put(label, Math.min(count, size / 2)));
    List<DataRow> taken = new ArrayList<>();
    List<DataRow> others = new ArrayList<>();
    for (DataRow row : remaining) {
      int quotaLeft = quotas.get(row.label());
      (quotaLeft > 0 ? taken : others).add(row);
      quotas.put(row.label(), quotaLeft - 1);
    }
    remaining.clear();
    remaining.addAll(others);
    return taken;
  }

  private static List<DataRow> inFileOrder(List<DataRow> rows) {
    return rows.stream().sorted(Comparator.comparingInt(DataRow::index)).toList();
  }
}
