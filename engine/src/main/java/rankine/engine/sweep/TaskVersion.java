package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.common.RunException;
import rankine.engine.icl.Task;

/**
 * A version of a task.
 *
 * @param name such as {@code cb}
 * @param version such as {@code paper}; without a colon
 */
public record TaskVersion(String name, String version) implements Benchmark {
  /** Checks that {@link #parse} can read {@link #toString}. */
  public TaskVersion {
    if (name.isEmpty() || version.isEmpty() || version.indexOf(':') >= 0) {
      throw new RunException(
          "task: expected a name and a version without a colon, found '%s' and '%s'"
              .formatted(name, version));
    }
  }

  /** The version of a task. */
  public static TaskVersion of(Task task) {
    return new TaskVersion(task.name(), task.version());
  }

  /**
   * Parses {@code cb:paper}: the version follows the last colon.
   *
   * @throws RunException for any other text
   */
  public static TaskVersion parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new RunException("task: expected NAME:VERSION, found '" + text + "'");
    }
    return new TaskVersion(text.substring(0, colon), text.substring(colon + 1));
  }

  /** Adds {@code task} and {@code version}. */
  @Override
  public void addTo(ObjectNode json) {
    json.put("task", name).put("version", version);
  }

  @Override
  public String toString() {
    return name + ":" + version;
  }
}
