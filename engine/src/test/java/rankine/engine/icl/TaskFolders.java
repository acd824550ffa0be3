package rankine.engine.icl;

import java.nio.file.Path;
import java.util.List;
import rankine.testdata.TestData;

/** Where a task's data is, by the task's name. */
final class TaskFolders {
  /** The tasks of the paper, which have two versions; the others have one. */
  static final List<String> WITH_PAPER =
      List.of("agnews", "cb", "copa", "emoc", "mrpc", "rte", "squad", "sst2");

  private TaskFolders() {}

  /** The versions of a built-in task. */
  static List<String> versions(String task) {
    return WITH_PAPER.contains(task) ? List.of("paper", "corrected") : List.of("corrected");
  }

  /** Rows that we wrote, in the format of the real data set; the demo's own data for its tasks. */
  static Path lookAlike(String task) {
    return switch (task) {
      case "demo-sentiment" -> TestData.demo().resolve("data/sentiment");
      case "demo-topic" -> TestData.demo().resolve("data/topic");
      default -> TestData.task(task);
    };
  }

  /** Returns whether the tests with the tag "shared" have the data set. */
  static boolean isReal(String task) {
    return task.startsWith("demo-")
        || List.of("agnews", "cb", "copa", "mrpc", "rte", "squad", "sst2").contains(task);
  }

  /** The real data set, for tests with the tag "shared"; the demo's own data for its tasks. */
  static Path real(String task) {
    return task.startsWith("demo-") ? lookAlike(task) : TestData.shared("data/" + task);
  }
}
