package rankine.engine.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Memory outside the heap up to a budget, and beyond it mapped files that go with the process. */
final class Memory {
  private final Arena arena;
  private long left;

  /**
   * @param arena frees all of it
   * @param budget bytes that may be memory of our own
   */
  Memory(Arena arena, long budget) {
    this.arena = arena;
    this.left = budget;
  }

  /** So many bytes, zeroed, aligned for floats. */
  MemorySegment allocate(long bytes) {
    if (bytes <= left) {
      left -= bytes;
      return arena.allocate(bytes, Float.BYTES);
    }
    try {
      Path file = Files.createTempFile("rankine-activations-", ".tmp");
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE)) {
        return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
