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

/** Memory outside the heap as far as the budget goes, and beyond it mapped files without a name. */
final class SpillArena implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final ActivationBudget budget;
  private long taken;

  SpillArena(ActivationBudget budget) {
    this.budget = budget;
  }

  /** So many bytes, zeroed, aligned for floats. */
  MemorySegment allocate(long bytes) {
    if (budget.take(bytes)) {
      taken += bytes;
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

  /** Frees all of it. */
  @Override
  public void close() {
    arena.close();
    budget.give(taken);
  }
}
