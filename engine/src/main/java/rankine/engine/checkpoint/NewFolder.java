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

/**
 * A folder that is created with all its files or not at all: filled under a temporary name in the
 * same parent, forced to disk, then renamed. {@link #close} without {@link #commit} deletes it; a
 * killed process leaves the temporary folder.
 */
final class NewFolder implements AutoCloseable {
  private final Path target;
  private final Path temporary;

  private NewFolder(Path target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
  }

  /**
   * Checks that {@code target} does not exist and its parent does.
   *
   * @return the parent folder, links resolved
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

  /** Creates the temporary folder, empty. */
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

  /** Returns the temporary folder, to be filled. */
  Path path() {
    return temporary;
  }

  /** Renames the temporary folder to the target. Each file must already be forced to disk. */
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

  /** Deletes the temporary folder, unless committed. */
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
      // The earlier failure is the one to report; the name tells that the folder is temporary.
    }
  }

  /** Returns the contents, files before their folders; {@link #temporary} is last. */
  private List<Path> contents() throws IOException {
    try (Stream<Path> paths = Files.walk(temporary)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
