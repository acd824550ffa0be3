package rankine.engine.icl;

import java.util.ArrayList;
import java.util.List;
import rankine.common.TaskException;

/**
 * Draws demonstrations. Shuffles the pool once per seed and takes the first rows, of each class
 * where classes alternate, so that the demonstrations of fewer shots are a prefix of those of more.
 */
final class DemonstrationSampler {
  private static final String PURPOSE = "demonstrations";

  private DemonstrationSampler() {}

  /**
   * Returns the rows drawn for {@code shots}, the classes alternating. The rows for fewer shots are
   * a prefix of these.
   *
   * @throws TaskException if a class has too few rows
   */
  static List<DataRow> draw(Task task, List<DataRow> pool, int shots, long seed) {
    List<DataRow> shuffled =
        task.demonstrations().inFileOrder()
            ? pool
            : Randomness.shuffled(pool, task.name(), PURPOSE, seed);
    List<Integer> order = task.demonstrations().order();
    if (order.isEmpty()) {
      checkEnough("the task", shuffled.size(), shots);
      return shuffled.subList(0, shots);
    }
    List<List<DataRow>> byClass = new ArrayList<>();
    for (int label : order) {
      List<DataRow> ofClass = shuffled.stream().filter(row -> row.label() == label).toList();
      checkEnough("class " + task.classes().get(label), ofClass.size(), shots);
      byClass.add(ofClass);
    }
    List<DataRow> drawn = new ArrayList<>();
    for (int i = 0; i < shots; i++) {
      for (List<DataRow> rows : byClass) {
        drawn.add(rows.get(i));
      }
    }
    return List.copyOf(drawn);
  }

  private static void checkEnough(String owner, int found, int shots) {
    if (found < shots) {
      throw new TaskException(
          "shots: expected at most the %d rows that %s has for demonstrations, found %d"
              .formatted(found, owner, shots));
    }
  }
}
