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

/**
 * Memory outside the heap within the budget; beyond it, mapped temporary files that are deleted on
 * close.
 */
final class SpillArena implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final ActivationBudget budget;
  private long reserved;

  SpillArena(ActivationBudget budget) {
    this.budget = budget;
  }

  /** Returns {@code bytes} zeroed bytes, aligned for floats. */
  MemorySegment allocate(long bytes) {
    if (budget.reserve(bytes)) {
      reserved += bytes;
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
      throw new UncheckedIOException(
          new IOException("temporary file of %,d bytes: %s".formatted(bytes, e.getMessage()), e));
    }
  }

  /** Frees all memory and returns it to the budget. */
  @Override
  public void close() {
    arena.close();
    budget.release(reserved);
  }
}
