package rankine.engine.sweep;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import rankine.common.RunException;
import rankine.engine.icl.Task;

/**
 * A task and the folder of its data.
 *
 * @param data the folder with the task's files
 */
public record TaskData(Task task, Path data) {

  /**
   * Loads the tasks that {@code specs} name, with their data folders.
   *
   * @param specs as for {@link Task#load}
   * @param data {@code TASK=DIR} for one task, and at most one plain {@code DIR} for the others:
   *     the folder of the only task, or one with a folder per task, named as the task
   * @throws RunException for a task without data, or a folder that no task uses
   */
  public static List<TaskData> of(List<String> specs, List<String> data) {
    List<Task> tasks = specs.stream().map(Task::load).toList();
    List<String> names = tasks.stream().map(Task::name).distinct().toList();
    Map<String, Path> folders = new HashMap<>();
    Path base = null;
    for (String argument : data) {
      int equals = argument.indexOf('=');
      String name = equals < 0 ? "" : argument.substring(0, equals);
      if (names.contains(name)) {
        if (folders.put(name, Path.of(argument.substring(equals + 1))) != null) {
          throw new RunException("data: expected each task once, found " + name + " twice");
        }
      } else if (base != null) {
        throw new RunException(
            "data: expected one folder, and TASK=DIR with a task of %s, found '%s' and '%s'"
                .formatted(String.join(", ", names), base, argument));
      } else {
        base = Path.of(argument);
      }
    }
    if (base != null && folders.keySet().containsAll(names)) {
      throw new RunException(
          "data: expected folders that a task uses, found '%s' and TASK=DIR for each of %s"
              .formatted(base, String.join(", ", names)));
    }
    for (String name : names) {
      if (!folders.containsKey(name)) {
        if (base == null) {
          throw new RunException(
              "data: %s: expected a folder, found only those of %s"
                  .formatted(
                      name, folders.keySet().stream().sorted().collect(Collectors.joining(", "))));
        }
        folders.put(name, names.size() == 1 ? base : base.resolve(name));
      }
    }
    return tasks.stream().map(task -> new TaskData(task, folders.get(task.name()))).toList();
  }

  TaskVersion version() {
    return TaskVersion.of(task);
  }
}
