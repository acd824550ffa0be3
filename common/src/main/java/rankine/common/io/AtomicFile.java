package rankine.common.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is written completely or not at all: to a temporary file in the same folder, forced
 * to disk, then renamed. The old content stays until the rename. {@link #close} without {@link
 * #commit} deletes the temporary file, and so does a signal that ends the process; that of a killed
 * process is deleted when the same file is written again. A symbolic link to a file stays a link.
 */
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final boolean replaces;
  private final Path temporary;
  private final ShutdownCleanup cleanup;

  private AtomicFile(Path target, boolean replaces) {
    this.target = target;
    this.replaces = replaces;
    this.temporary = TemporaryName.of(target);
    this.cleanup = ShutdownCleanup.of(this::delete);
  }

  /** The target exists, and may not be replaced. */
  private static final class Irreplaceable extends IOException {
    private static final long serialVersionUID = 1L;

    Irreplaceable(String message) {
      super(message);
    }

    static Irreplaceable existing() {
      return new Irreplaceable("expected no file of that name, found one (--force replaces it)");
    }
  }

  /** Writes a file. */
  @FunctionalInterface
  public interface Writing {
    /** Writes to {@code file}, which exists and is empty. */
    void to(Path file) throws IOException;
  }

  /**
   * Starts a file: creates the temporary one, empty.
   *
   * @throws IOException if its folder cannot be written, or the target exists and may not be
   *     replaced, or is no regular file: the rename would replace a device
   */
  public static AtomicFile create(OutputFile output) throws IOException {
    Path target = output.path();
    Path real = target.toAbsolutePath();
    if (Files.exists(target)) {
      if (!Files.isRegularFile(target)) {
        String found = Files.isDirectory(target) ? "a folder" : "a device";
        throw new Irreplaceable("expected a regular file to write, found " + found);
      }
      real = target.toRealPath();
    }
    if (!output.replaces() && isOccupied(real)) {
      throw Irreplaceable.existing();
    }
    if (!Files.isDirectory(real.getParent())) {
      throw new NotDirectoryException(real.getParent().toString());
    }
    TemporaryName.removeAbandoned(real);
    AtomicFile file = new AtomicFile(real, output.replaces());
    try {
      Files.createFile(file.temporary);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return file;
  }

  /** Writes a whole file, which replaces any other of its name. */
  public static void write(Path target, Writing writing) throws IOException {
    write(OutputFile.replacing(target), writing);
  }

  /** Writes a whole file. */
  public static void write(OutputFile output, Writing writing) throws IOException {
    try (AtomicFile file = create(output)) {
      writing.to(file.path());
      file.commit();
    }
  }

  /** Returns the one-line message for a target that could not be written. */
  public static String problem(Path target, IOException e) {
    return target + (e instanceof Irreplaceable ? ": " : ": cannot be written: ") + Shown.reason(e);
  }

  /** Forces the entries of a folder to disk, where the system can open a folder. */
  public static void force(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      return; // Windows cannot open a folder, and writes its entries at once.
    }
    try (channel) {
      channel.force(true);
    }
  }

  /** Returns the temporary file, to be written. */
  public Path path() {
    return temporary;
  }

  /**
   * Renames the temporary file to the target. Its writer must be closed.
   *
   * @throws IOException if it fails, or the target has come to exist and may not be replaced
   */
  public void commit() throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    if (replaces) {
      move();
    } else {
      link();
    }
    force(target.getParent());
  }

  /** A link, unlike a rename, fails where the target exists: of two writers one is refused. */
  private void link() throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (UnsupportedOperationException | FileSystemException e) {
      // An empty file may be replaced, and some file systems have no links.
      if (isOccupied(target)) {
        Irreplaceable fault = Irreplaceable.existing();
        fault.initCause(e);
        throw fault;
      }
      move();
      return;
    }
    Files.deleteIfExists(temporary);
  }

  private void move() throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Returns whether something has that name, but for an empty file. */
  private static boolean isOccupied(Path file) throws IOException {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !(Files.isRegularFile(file) && Files.size(file) == 0);
  }

  /** Deletes the temporary file, unless committed. */
  @Override
  public void close() {
    delete();
    cleanup.close();
  }

  private void delete() {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The earlier failure is the one to report; no reader uses this name.
      return;
    }
  }
}
