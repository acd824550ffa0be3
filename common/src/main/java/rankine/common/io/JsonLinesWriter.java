package rankine.common.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BiFunction;
import rankine.common.RankineException;

/**
 * Writes JSON Lines to a temporary file in the target's folder, which {@link #commit} renames: the
 * target is either complete or untouched.
 */
public final class JsonLinesWriter implements AutoCloseable {
  private final Path target;
  private final BiFunction<String, Throwable, RankineException> failure;
  private final AtomicFile file;
  private final BufferedWriter out;

  private JsonLinesWriter(
      Path target,
      BiFunction<String, Throwable, RankineException> failure,
      AtomicFile file,
      BufferedWriter out) {
    this.target = target;
    this.failure = failure;
    this.file = file;
    this.out = out;
  }

  /**
   * Starts a file. Writes through a symbolic link, which stays a link.
   *
   * @param failure creates the exception of this and the other methods: for a folder that cannot be
   *     written, or a target that exists and may not be replaced, or is no regular file, since the
   *     rename would replace a device
   */
  public static JsonLinesWriter open(
      OutputFile output, BiFunction<String, Throwable, RankineException> failure) {
    Path target = output.path();
    try {
      AtomicFile file = AtomicFile.create(output);
      try {
        // Not created again: after a signal the temporary file is gone and stays so.
        return new JsonLinesWriter(
            target, failure, file, Files.newBufferedWriter(file.path(), StandardOpenOption.WRITE));
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw failure.apply(AtomicFile.problem(target, e), e);
    }
  }

  /** Adds a line. */
  public void write(ObjectNode line) {
    try {
      out.write(line.toString());
      out.write('\n');
    } catch (IOException e) {
      throw failure.apply(AtomicFile.problem(target, e), e);
    }
  }

  /** Closes the file and renames it to the target. */
  public void commit() {
    try {
      out.close();
      file.commit();
    } catch (IOException e) {
      throw failure.apply(AtomicFile.problem(target, e), e);
    }
  }

  /** Deletes the temporary file unless {@link #commit} succeeded. */
  @Override
  public void close() {
    try (file) {
      out.close();
    } catch (IOException e) {
      throw failure.apply(AtomicFile.problem(target, e), e);
    }
  }
}
