package rankine.engine.icl;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import rankine.common.TaskException;
import rankine.common.io.AtomicFile;

/**
 * Writes predictions as JSON Lines to a temporary file in the target's folder, which {@link
 * #commit} renames: the target is either complete or untouched.
 */
public final class PredictionWriter implements Consumer<Prediction>, AutoCloseable {
  private final Path target;
  private final AtomicFile file;
  private final BufferedWriter out;

  private PredictionWriter(Path target, AtomicFile file, BufferedWriter out) {
    this.target = target;
    this.file = file;
    this.out = out;
  }

  /**
   * Starts a file. Writes through a symbolic link, which stays a link.
   *
   * @throws TaskException if the folder cannot be written, or the target exists and is no regular
   *     file: the rename would replace a device
   */
  public static PredictionWriter open(Path target) {
    try {
      AtomicFile file = AtomicFile.create(target);
      try {
        // Not created again: after a signal the temporary file is gone and stays so.
        return new PredictionWriter(
            target, file, Files.newBufferedWriter(file.path(), StandardOpenOption.WRITE));
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  private static TaskException failed(Path target, IOException e) {
    return new TaskException(AtomicFile.problem(target, e), e);
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
      file.commit();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Deletes the temporary file unless {@link #commit} succeeded. */
  @Override
  public void close() {
    try (file) {
      out.close();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }
}
