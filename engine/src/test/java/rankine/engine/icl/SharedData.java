package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The real data sets, which stand beside the repository. */
final class SharedData {
  private SharedData() {}

  /** The folder under shared; where it is absent the test is skipped, but fails in CI. */
  static Path folder(String name) {
    Path folder = Path.of(System.getProperty("rankine.shared"), name.split("/"));
    if (!Files.isDirectory(folder)) {
      String message = "needs the data in " + folder;
      if (System.getenv("CI") != null) {
        fail(message);
      }
      Assumptions.abort(message);
    }
    return folder;
  }

  /** Where a task's data is. */
  static Path of(String task) {
    return switch (task) {
      case "demo-sentiment" -> folder("demo-model/data/sentiment");
      case "demo-topic" -> folder("demo-model/data/topic");
      default -> folder("data/" + task);
    };
  }
}
