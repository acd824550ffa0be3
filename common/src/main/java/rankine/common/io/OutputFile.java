package rankine.common.io;

import java.nio.file.Path;

/**
 * A file to write.
 *
 * @param replaces whether it may replace a file that is not empty; one that may not is refused when
 *     the writing begins and when it ends, as another process may write the same file in between
 */
public record OutputFile(Path path, boolean replaces) {
  /** Replaces any file of that name. */
  public static OutputFile replacing(Path path) {
    return new OutputFile(path, true);
  }
}
