package rankine.engine.icl;

import java.util.ArrayList;
import java.util.List;
import rankine.common.TaskException;

/**
 * Draws demonstrations. The pool is shuffled once for a seed; each class gets its first rows in
 * that order, so that fewer demonstrations are a beginning of more.
 */
final class DemonstrationSampler {
  private static final String PURPOSE = "demonstrations";

  private DemonstrationSampler() {}

  /**
   * The rows drawn for {@code shots}, laid out as the classes take turns. The rows for fewer shots
   * are the first of these.
   *
   * @throws TaskException if a class has too few rows
   */
  static List<DataRow> draw(Task task, List<DataRow> pool, int shots, long seed) {
    List<DataRow> shuffled = Randomness.shuffled(pool, task.name(), PURPOSE, seed);
    List<Integer> order = task.demonstrations().order();
    if (order.isEmpty()) {
      checkEnough("the task", shuffled.size(), shots);
      return shuffled.subList(0, shots);
    }
    List<List<DataRow>> byTurn = new ArrayList<>();
    for (int label : order) {
      List<DataRow> ofClass = shuffled.stream().filter(row -> row.label() == label).toList();
      checkEnough("class " + task.classes().get(label), ofClass.size(), shots);
      byTurn.add(ofClass);
    }
    List<DataRow> drawn = new ArrayList<>();
    for (int i = 0; i < shots; i++) {
      for (List<DataRow> rows : byTurn) {
        drawn.add(rows.get(i));
      }
    }
    return List.copyOf(drawn);
  }

  private static void checkEnough(String whose, int found, int shots) {
    if (found < shots) {
      throw new TaskException(
          "shots: expected at most the %d rows that %s has for demonstrations, found %d"
              .formatted(found, whose, shots));
    }
  }
}
