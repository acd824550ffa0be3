package rankine.engine.icl;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Consumer;
import rankine.common.Shown;
import rankine.common.TaskException;

/**
 * Writes predictions as JSON Lines to a temporary file in the target's folder, which {@link
 * #commit} renames: the target is either complete or untouched.
 */
public final class PredictionWriter implements Consumer<Prediction>, AutoCloseable {
  private final Path target;
  private final Path real;
  private final Path temporary;
  private final BufferedWriter out;
  private boolean committed;

  private PredictionWriter(Path target, Path real, Path temporary, BufferedWriter out) {
    this.target = target;
    this.real = real;
    this.temporary = temporary;
    this.out = out;
  }

  /**
   * Starts a file. Writes through a symbolic link, which stays a link.
   *
   * @throws TaskException if the folder cannot be written, or the target exists and is no regular
   *     file: the rename would replace a device
   */
  public static PredictionWriter open(Path target) {
    Path absolute = real(target);
    if (Files.isDirectory(absolute)) {
      throw new TaskException(target + ": expected a file to write, found a folder");
    }
    if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
      throw new TaskException(target + ": expected a regular file to write, found a device");
    }
    Path temporary =
        absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      BufferedWriter out =
          Files.newBufferedWriter(temporary, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
      return new PredictionWriter(target, absolute, temporary, out);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Resolves links, if the target exists. */
  private static Path real(Path target) {
    try {
      return Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  private static TaskException failed(Path target, IOException e) {
    return new TaskException("%s: cannot be written: %s".formatted(target, Shown.reason(e)), e);
  }

  @Override
  public void accept(Prediction prediction) {
    try {
      out.write(prediction.toJson().toString());
      out.write('\n');
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Closes the file and renames it to the target. */
  public void commit() {
    try {
      out.close();
      try {
        Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, real, StandardCopyOption.REPLACE_EXISTING);
      }
      committed = true;
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Deletes the temporary file unless {@link #commit} succeeded. */
  @Override
  public void close() {
    if (committed) {
      return;
    }
    try {
      out.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }
}
