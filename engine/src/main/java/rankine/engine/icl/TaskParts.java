package rankine.engine.icl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import rankine.common.TaskException;
import rankine.common.io.Shown;

/**
 * The data of a task in parts, such as MMLU's subjects.
 *
 * @param folders one with the task's files, or several in one folder, in the order of their names
 */
public record TaskParts(Task task, List<Path> folders) {
  /** Copies the list. */
  public TaskParts {
    folders = List.copyOf(folders);
  }

  /**
   * Returns {@code folder}; or those in it that have the task's files, if it has none itself.
   *
   * @throws TaskException if the folder cannot be read
   */
  public static TaskParts of(Task task, Path folder) {
    if (!Files.isDirectory(folder) || !task.dataFiles(folder).isEmpty()) {
      return new TaskParts(task, List.of(folder));
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> parts =
          entries
              .filter(Files::isDirectory)
              .filter(part -> !task.dataFiles(part).isEmpty())
              .sorted()
              .toList();
      return new TaskParts(task, parts.isEmpty() ? List.of(folder) : parts);
    } catch (IOException e) {
      throw new TaskException(
          "%s: cannot be read: %s".formatted(Shown.path(folder), Shown.reason(e)), e);
    }
  }

  /** Returns whether the data are in several folders. */
  public boolean hasParts() {
    return folders.size() > 1;
  }
}
