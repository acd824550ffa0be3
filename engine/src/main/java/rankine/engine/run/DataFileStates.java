package rankine.engine.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import rankine.common.TaskException;
import rankine.common.io.Shown;

/**
 * The data files that an evaluator has read. Two splits of a task may be read hours apart and share
 * a file: the demonstrations of both come from train.
 */
final class DataFileStates {
  private final Map<Path, FileState> read = new HashMap<>();

  /**
   * What tells that a file is another, or was written to.
   *
   * @param key the inode; empty where the system has none
   */
  private record FileState(long bytes, FileTime modified, String key) {
    static FileState of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileState(
            now.size(), now.lastModifiedTime(), Objects.toString(now.fileKey(), ""));
      } catch (IOException e) {
        throw new TaskException(
            Shown.path(file) + ": expected a file that can be read, found " + Shown.reason(e), e);
      }
    }
  }

  /**
   * Checks the files of a task, before and after they are read.
   *
   * @throws TaskException if one is not as at its first check
   */
  void check(EvaluationRequest request) {
    for (Path file : request.task().dataFiles(request.data())) {
      FileState now = FileState.of(file);
      FileState first = read.putIfAbsent(file, now);
      if (first != null && !first.equals(now)) {
        throw new TaskException(
            "%s: expected the file that was read before (%d bytes of %s), found another, or one that"
                    .formatted(Shown.path(file), first.bytes, first.modified)
                + " was written to (%d bytes of %s)".formatted(now.bytes, now.modified));
      }
    }
  }
}
