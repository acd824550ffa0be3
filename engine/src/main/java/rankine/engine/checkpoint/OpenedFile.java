package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/**
 * The state of a checkpoint file at the time it was opened.
 *
 * @param name path relative to the checkpoint folder
 * @param path path for opening the file
 * @param bytes size
 * @param modified modification time
 * @param identity what else tells that it is another file: the inode and the time of its last
 *     change, which no copy keeps; empty where the system has none
 */
record OpenedFile(String name, Path path, long bytes, FileTime modified, String identity) {

  static OpenedFile of(String name, Path path) {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new OpenedFile(name, path, now.size(), now.lastModifiedTime(), identity(path, now));
    } catch (NoSuchFileException e) {
      throw Channels.notRegular(path);
    } catch (IOException e) {
      throw CheckpointException.io(path, "cannot be read", e);
    }
  }

  private static String identity(Path path, BasicFileAttributes now) throws IOException {
    if (now.fileKey() == null) {
      return "";
    }
    try {
      return now.fileKey() + " " + Files.getAttribute(path, "unix:ctime");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return now.fileKey().toString();
    }
  }

  /** Throws if the file has changed since it was opened. */
  void checkUnchanged() {
    OpenedFile now = of(name, path);
    if (!equals(now)) {
      throw CheckpointException.of(
          Fault.FILE_CHANGED,
          path,
          "expected the file that was opened ("
              + bytes
              + " bytes of "
              + modified
              + "), found another, or one that was written to ("
              + now.bytes
              + " bytes of "
              + now.modified
              + ")");
    }
  }
}
