package rankine.common;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that is there whole or not at all. It is written under a temporary name beside its own,
 * reaches the disk, and is renamed: what was there before stays until then. Closed before {@link
 * #commit}, it leaves nothing behind. A link to a file stays a link.
 */
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;

  private AtomicFile(Path target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
  }

  /** The target is there and would be replaced by the rename. */
  private static final class NotRegular extends IOException {
    private static final long serialVersionUID = 1L;

    NotRegular(String message) {
      super(message);
    }
  }

  /** Writes a file. */
  @FunctionalInterface
  public interface Writing {
    /** Writes to {@code file}, which is there and empty. */
    void to(Path file) throws IOException;
  }

  /**
   * Begins a file: makes the temporary one, empty.
   *
   * @throws IOException if its folder cannot be written, or the target is there and is no regular
   *     file: a device would be replaced by the rename
   */
  public static AtomicFile create(Path target) throws IOException {
    Path real = target.toAbsolutePath();
    if (Files.exists(target)) {
      if (!Files.isRegularFile(target)) {
        String found = Files.isDirectory(target) ? "a folder" : "a device";
        throw new NotRegular("expected a regular file to write, found " + found);
      }
      real = target.toRealPath();
    }
    if (!Files.isDirectory(real.getParent())) {
      throw new NotDirectoryException(real.getParent().toString());
    }
    return new AtomicFile(real, Files.createFile(temporary(real)));
  }

  /** Writes a whole file. */
  public static void write(Path target, Writing writing) throws IOException {
    try (AtomicFile file = create(target)) {
      writing.to(file.path());
      file.commit();
    }
  }

  /** The line to show for a target that could not be written. */
  public static String problem(Path target, IOException e) {
    return target + (e instanceof NotRegular ? ": " : ": cannot be written: ") + Shown.reason(e);
  }

  /** A name beside {@code target} that nobody else takes: hidden, and begins with the target's. */
  public static Path temporary(Path target) {
    return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  /** Lets the names in a folder reach the disk, where the system can open a folder. */
  public static void force(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      return; // Windows opens no folder, and writes their entries at once.
    }
    try (channel) {
      channel.force(true);
    }
  }

  /** Where to write now. */
  public Path path() {
    return temporary;
  }

  /** Gives the file its name. Whoever wrote it has closed it. */
  public void commit() throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
    force(target.getParent());
  }

  /** Deletes what has not been committed. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // What brought us here is the failure to report; nobody reads a file of that name.
      return;
    }
  }
}
