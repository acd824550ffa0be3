package rankine.engine.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Heap-external memory up to the budget, mapped files beyond it, and no file left over. */
@Isolated // counts the files in the folder for temporary ones
class SpillArenaTest {
  private static long files() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(p -> p.getFileName().toString().startsWith("rankine-activations-")).count();
    }
  }

  @Test
  void memoryBeyondTheBudgetIsMapped() throws IOException {
    long before = files();
    ActivationBudget budget = new ActivationBudget(1000);
    try (SpillArena memory = new SpillArena(budget)) {
      MemorySegment offHeap = memory.allocate(800);
      MemorySegment mapped = memory.allocate(400);
      MemorySegment small = memory.allocate(200);
      assertEquals(false, offHeap.isMapped());
      assertEquals(true, mapped.isMapped());
      assertEquals(false, small.isMapped());
      for (MemorySegment segment : new MemorySegment[] {offHeap, mapped, small}) {
        assertEquals(-1, segment.mismatch(Arena.ofAuto().allocate(segment.byteSize())));
        segment.setAtIndex(ValueLayout.JAVA_FLOAT, segment.byteSize() / 4 - 1, 7f);
        assertEquals(7f, segment.getAtIndex(ValueLayout.JAVA_FLOAT, segment.byteSize() / 4 - 1));
      }
      assertEquals(before, files());
      assertEquals(false, budget.reserve(1));
    }
    assertEquals(true, budget.reserve(1000)); // released on close
  }
}
