package rankine.engine.icl;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import rankine.common.AtomicFile;
import rankine.common.TaskException;

/**
 * Writes predictions as JSON Lines, to a file that {@link #commit} puts in its place: see {@link
 * AtomicFile}.
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
   * Begins a file.
   *
   * @throws TaskException if its folder cannot be written, or the target is there and is no regular
   *     file
   */
  public static PredictionWriter open(Path target) {
    try {
      AtomicFile file = AtomicFile.create(target);
      return new PredictionWriter(target, file, Files.newBufferedWriter(file.path()));
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

  /** Ends the file and puts it in its place. */
  public void commit() {
    try {
      out.close();
      file.commit();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Without a {@link #commit} before it, leaves nothing behind. */
  @Override
  public void close() {
    try (file) {
      out.close();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }
}
