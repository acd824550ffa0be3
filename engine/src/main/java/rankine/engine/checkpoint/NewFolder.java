package rankine.engine.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.AtomicFile;
import rankine.common.io.ShutdownCleanup;
import rankine.common.io.TemporaryName;

/**
 * A folder that is created with all its files or not at all: filled under a temporary name in the
 * same parent, forced to disk, then renamed. {@link #close} without {@link #commit} deletes it, and
 * so does a signal that ends the process; that of a killed process is deleted when the same folder
 * is created again.
 */
final class NewFolder implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final ShutdownCleanup cleanup;

  private NewFolder(Path target) {
    this.target = target;
    this.temporary = TemporaryName.of(target.toAbsolutePath());
    this.cleanup = ShutdownCleanup.of(this::delete);
  }

  /**
   * Checks that {@code target} does not exist and its parent does.
   *
   * @return the parent folder, links resolved
   */
  static Path checkAbsent(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw CheckpointException.of(
          Fault.FOLDER_EXISTS,
          target,
          "expected a new folder to be made, found "
              + (Files.isDirectory(target) ? "a folder" : "a file"));
    }
    Path above = target.toAbsolutePath().getParent();
    if (!Files.isDirectory(above)) {
      throw CheckpointException.of(
          Fault.NO_FOLDER,
          above,
          "expected a folder to write into, found " + (Files.exists(above) ? "a file" : "nothing"));
    }
    return Checkpoint.realPath(above);
  }

  /** Creates the temporary folder, empty. */
  static NewFolder create(Path target) {
    checkAbsent(target);
    TemporaryName.removeAbandoned(target);
    NewFolder folder = new NewFolder(target);
    try {
      Files.createDirectory(folder.temporary);
    } catch (IOException e) {
      folder.close();
      throw CheckpointException.io(target, "cannot be made", e);
    }
    return folder;
  }

  /** Returns the temporary folder, to be filled. */
  Path path() {
    return temporary;
  }

  /** Renames the temporary folder to the target. Each file must already be forced to disk. */
  void commit() {
    checkAbsent(target);
    try {
      for (Path path : contents(temporary)) {
        if (Files.isDirectory(path)) {
          AtomicFile.force(path);
        }
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.force(target.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw CheckpointException.io(target, "cannot be made", e);
    }
  }

  /** Deletes the temporary folder, unless committed. */
  @Override
  public void close() {
    delete();
    cleanup.close();
  }

  private void delete() {
    if (Files.notExists(temporary)) {
      return;
    }
    try {
      // First renamed: on a signal another thread may still add files under the old name.
      Path doomed = TemporaryName.of(target.toAbsolutePath());
      Files.move(temporary, doomed, StandardCopyOption.ATOMIC_MOVE);
      for (Path path : contents(doomed)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // The earlier failure is the one to report; the name tells that the folder is temporary.
    }
  }

  /** Returns the contents of a folder, files before their folders; the folder is last. */
  private static List<Path> contents(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
