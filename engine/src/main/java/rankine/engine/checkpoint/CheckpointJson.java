package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/** Reads the JSON files of a checkpoint; a fault becomes a {@link CheckpointException}. */
final class CheckpointJson {
  /** Maximum bytes of a JSON file. The largest known index has 9 MB. */
  static final int MAX_BYTES = 16 << 20;

  private CheckpointJson() {}

  /** Returns a reader for the text of {@code file}, from any source. */
  static Json of(Path file) {
    return new Json(
        Shown.path(file),
        (rule, message, cause) -> new CheckpointException(rule, file, message, cause));
  }

  /** Reads the JSON object in {@code file}. */
  static JsonObject read(Path file) {
    return of(file).object(bytes(file));
  }

  private static byte[] bytes(Path file) {
    try (FileChannel channel = Channels.open(file)) {
      long size = channel.size();
      if (size > MAX_BYTES) {
        throw CheckpointException.of(
            Fault.JSON_TOO_LARGE,
            file,
            "expected at most " + MAX_BYTES + " bytes of JSON, found " + size);
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      Channels.readFully(channel, buffer, 0);
      return buffer.array();
    } catch (IOException e) {
      throw CheckpointException.io(file, "cannot be read", e);
    }
  }
}
