package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Divides the rows of train, by a fixed permutation, into what validation takes, what test takes,
 * and the pool from which demonstrations are drawn. No seed moves a row from one to another.
 *
 * @param validation in file order; empty if validation is elsewhere
 * @param test in file order; empty if test is elsewhere
 * @param pool in file order
 */
record SplitPlan(List<DataRow> validation, List<DataRow> test, List<DataRow> pool) {

  /** The purpose of the permutation; see {@link Randomness}. */
  private static final String PURPOSE = "partition";

  /**
   * The partition that the task's rules ask for. Where train is small, a part gets at most half of
   * what is left (of each class, if it is counted by class), so that demonstrations remain.
   */
  static SplitPlan of(
      Task task, List<DataRow> train, Optional<SplitRule> validation, Optional<SplitRule> test) {
    List<DataRow> left = new ArrayList<>(Randomness.shuffled(train, task.name(), PURPOSE, 0));
    List<DataRow> forValidation = take(left, validation);
    List<DataRow> forTest = take(left, test);
    return new SplitPlan(inFileOrder(forValidation), inFileOrder(forTest), inFileOrder(left));
  }

  private static List<DataRow> take(List<DataRow> left, Optional<SplitRule> rule) {
    return switch (rule.orElse(null)) {
      case SplitRule.FromTrain(int count, boolean perClass) ->
          perClass ? takeOfEachClass(left, count) : take(left, Math.min(count, left.size() / 2));
      case SplitRule.RestOfTrain(int leave) -> {
        List<DataRow> kept = takeOfEachClass(left, leave);
        List<DataRow> rest = List.copyOf(left);
        left.clear();
        left.addAll(kept);
        yield rest;
      }
      case SplitRule.FileOrTrain(_, SplitRule.FromTrain otherwise) ->
          take(left, Optional.of(otherwise));
      case SplitRule.WholeFile _, SplitRule.OthersOfTrain _ -> List.of();
      case null -> List.of();
    };
  }

  private static List<DataRow> take(List<DataRow> left, int count) {
    List<DataRow> front = left.subList(0, count);
    List<DataRow> taken = List.copyOf(front);
    front.clear();
    return taken;
  }

  private static List<DataRow> takeOfEachClass(List<DataRow> left, int count) {
    Map<Integer, Integer> sizes = new HashMap<>();
    left.forEach(row -> sizes.merge(row.label(), 1, Integer::sum));
    Map<Integer, Integer> quota = new HashMap<>();
    sizes.forEach((label, size) -> quota.put(label, Math.min(count, size / 2)));
    List<DataRow> taken = new ArrayList<>();
    List<DataRow> others = new ArrayList<>();
    for (DataRow row : left) {
      int open = quota.get(row.label());
      (open > 0 ? taken : others).add(row);
      quota.put(row.label(), open - 1);
    }
    left.clear();
    left.addAll(others);
    return taken;
  }

  private static List<DataRow> inFileOrder(List<DataRow> rows) {
    return rows.stream().sorted(Comparator.comparingInt(DataRow::index)).toList();
  }
}
