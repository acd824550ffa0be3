package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.ModelException;

class MemoryLimitsTest {
  private static final long MIB = 1L << 20;

  @TempDir private Path root;

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void unknownSystemsHaveNoLimit() {
    assertEquals(Long.MAX_VALUE, MemoryLimits.machine(root));
  }

  @Test
  void whatTheMachineHasLeft() throws IOException {
    file("proc/meminfo", "MemTotal:    9000 kB\nMemAvailable:   7000 kB\n");
    assertEquals(7000 * 1024, MemoryLimits.machine(root));
  }

  /** The tightest group counts, and file cache is no use: it is reclaimed. */
  @Test
  void controlGroupsOfTheProcessAndAboveIt() throws IOException {
    file("proc/meminfo", "MemAvailable:   7000000 kB\n");
    file("proc/self/cgroup", "0::/jobs/7\n");
    file("sys/fs/cgroup/jobs/7/memory.max", "max\n");
    file("sys/fs/cgroup/jobs/7/memory.current", "500\n");
    file("sys/fs/cgroup/jobs/memory.max", "4000\n");
    file("sys/fs/cgroup/jobs/memory.current", "3000\n");
    file("sys/fs/cgroup/jobs/memory.stat", "anon 1000\ninactive_file 700\n");
    assertEquals(1700, MemoryLimits.machine(root));
    file("sys/fs/cgroup/jobs/memory.current", "9000\n");
    assertEquals(0, MemoryLimits.machine(root));
    file("proc/self/cgroup", "0::/../../elsewhere\n");
    assertEquals(7_000_000L * 1024, MemoryLimits.machine(root));
  }

  @Test
  void theLineHasWhatIsNeededFoundAndWhatHelps() {
    MemoryLimits limits = new MemoryLimits(64 * MIB, 32 * MIB);
    limits.requireHeap(32 * MIB, "all", "less");
    assertEquals(
        "memory: expected at least 65 MiB for all, found a Java heap of 64 MiB (try less; or"
            + " RANKINE_HEAP=1g or more, or -Xmx in a program)",
        assertThrows(ModelException.class, () -> limits.requireHeap(64 * MIB + 1, "all", "less"))
            .getMessage());
    assertTrue(
        assertThrows(ModelException.class, () -> limits.requireHeap(40 * MIB, "all", ""))
            .getMessage()
            .endsWith("found an available memory of 32 MiB (try a larger machine)"));
    MemoryLimits.current().requireHeap(1, "a byte", "");
  }
}
