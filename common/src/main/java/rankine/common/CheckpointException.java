package rankine.common;

import java.nio.file.Path;
import rankine.common.io.Shown;

/**
 * A checkpoint that cannot be read or used. The message is one line: the file's path, the key or
 * tensor where there is one, and what was expected and found.
 */
public final class CheckpointException extends RankineException {
  private static final long serialVersionUID = 1L;

  private final Fault fault;
  private final transient Path path;

  /** The rule that is broken, the file, and the line to show. */
  public CheckpointException(Fault fault, Path path, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
    this.path = path;
  }

  /** A fault of one file or folder as a whole, which is named as the user named it. */
  public static CheckpointException of(Fault fault, Path file, String problem) {
    return new CheckpointException(fault, file, Shown.path(file) + ": " + problem, null);
  }

  /** A fault at one key (a tensor, a setting, a field) of a file. */
  public static CheckpointException of(Fault fault, Path file, String key, String problem) {
    String message = Shown.path(file) + ": " + Shown.name(key) + ": " + problem;
    return new CheckpointException(fault, file, message, null);
  }

  /** A failed operation of the file system, e.g. {@code "cannot be read"}. */
  public static CheckpointException io(Path file, String problem, Exception cause) {
    String why = cause.getClass().getSimpleName();
    if (cause.getMessage() != null) {
      why += " " + Shown.value(cause.getMessage());
    }
    String message = Shown.path(file) + ": " + problem + " (" + why + ")";
    return new CheckpointException(Fault.IO, file, message, cause);
  }

  /** The rule that was broken. */
  public Fault fault() {
    return fault;
  }

  /** The file or folder with the fault; null after deserialization, for paths do not serialize. */
  public Path path() {
    return path;
  }
}
