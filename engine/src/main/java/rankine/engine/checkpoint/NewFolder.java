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
import rankine.common.AtomicFile;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/**
 * A folder that is there with all its files or not at all. It is filled under a temporary name
 * beside its own, reaches the disk, and is renamed. Closed before that, it is deleted; if the
 * process is killed, the temporary folder is what stays.
 */
final class NewFolder implements AutoCloseable {
  private final Path target;
  private final Path temporary;

  private NewFolder(Path target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
  }

  /**
   * Checks that {@code target} does not exist and the folder above it does.
   *
   * @return the folder above, links resolved
   */
  static Path checkAbsent(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw CheckpointException.ofFolder(
          Fault.FOLDER_EXISTS,
          target,
          "expected a new folder to be made, found "
              + (Files.isDirectory(target) ? "a folder" : "a file"));
    }
    Path above = target.toAbsolutePath().getParent();
    if (!Files.isDirectory(above)) {
      throw CheckpointException.ofFolder(
          Fault.NO_FOLDER,
          above,
          "expected a folder to write into, found " + (Files.exists(above) ? "a file" : "nothing"));
    }
    return Checkpoint.realPath(above);
  }

  /** Makes the temporary folder, empty. */
  static NewFolder create(Path target) {
    checkAbsent(target);
    Path absolute = target.toAbsolutePath();
    Path temporary = AtomicFile.temporary(absolute);
    try {
      return new NewFolder(target, Files.createDirectory(temporary));
    } catch (IOException e) {
      throw CheckpointException.io(target, "cannot be made", e);
    }
  }

  /** Where to write now. */
  Path path() {
    return temporary;
  }

  /** Gives the folder its name. Each of its files must have reached the disk by itself. */
  void commit() {
    checkAbsent(target);
    try {
      for (Path path : contents()) {
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

  /** Deletes what has not been committed. */
  @Override
  public void close() {
    if (Files.notExists(temporary)) {
      return;
    }
    try {
      for (Path path : contents()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // What brought us here is the failure to report; the name says that the rest is temporary.
    }
  }

  /** The files before the folders they are in; {@link #temporary} is last. */
  private List<Path> contents() throws IOException {
    try (Stream<Path> paths = Files.walk(temporary)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
