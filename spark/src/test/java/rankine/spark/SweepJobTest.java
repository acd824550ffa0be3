package rankine.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.sweep.RunFolder;

/** Sweeps on a cluster of two executors, each a JVM of its own, against the serial sweep. */
@Tag("spark")
class SweepJobTest {
  /** Assignments before the groups: the unedited model on each task. */
  private static final int PLAIN = 2;

  @TempDir static Path serial;
  private static List<String> expected;

  @TempDir Path temporary;

  @BeforeAll
  static void sweepSerially() throws IOException {
    DemoGrid grid = new DemoGrid(serial.resolve("run"));
    assertEquals(0, grid.runSerially());
    expected = grid.lines();
    assertTrue(
        RunFolder.read(serial.resolve("run")).cells().keySet().stream()
            .anyMatch(key -> !key.isPlain() && key.toString().endsWith("test")),
        "a rate above 0 is chosen and tested");
  }

  @Test
  void twoExecutorsFillTheSameFolder() throws IOException {
    DemoGrid grid = new DemoGrid(temporary.resolve("run"));
    Set<Long> processes = new TreeSet<>();
    assertEquals(0, grid.runOnSpark(reply -> processes.add(reply.pid())));
    assertEquals(expected, grid.lines());
    assertEquals(2, processes.size(), "two executors");
    assertFalse(processes.contains(ProcessHandle.current().pid()), "other processes");
    assertEquals(0, grid.runSerially(), "a local sweep goes on with the folder");
    assertEquals(expected, grid.lines(), "and finds nothing to do");
  }

  @Test
  void aKilledExecutorLosesNothing() throws IOException {
    DemoGrid grid = new DemoGrid(temporary.resolve("run"));
    List<Long> processes = new ArrayList<>();
    assertEquals(
        0,
        grid.runOnSpark(
            reply -> {
              processes.add(reply.pid());
              if (processes.size() == PLAIN + 1) { // the first of the groups
                ProcessHandle process = ProcessHandle.of(reply.pid()).orElseThrow();
                assertTrue(process.destroyForcibly(), "it was there");
                process.onExit().join();
              }
            }));
    assertTrue(processes.size() > PLAIN + 1, "groups were left");
    assertEquals(expected, grid.lines());
  }

  @Test
  void aKilledDriverGoesOn() throws IOException, InterruptedException {
    DemoGrid grid = new DemoGrid(temporary.resolve("run"));
    Process driver =
        new ProcessBuilder(grid.driver())
            .redirectError(temporary.resolve("stderr").toFile())
            .start();
    List<ProcessHandle> executors;
    try (BufferedReader out = driver.inputReader()) {
      // A line per cell that is on disk.
      String cell = out.readLine();
      assertTrue(cell != null, () -> read(temporary.resolve("stderr")));
      executors = driver.descendants().toList();
    } finally {
      driver.destroyForcibly().waitFor();
    }
    assertFalse(executors.isEmpty());
    for (ProcessHandle executor : executors) {
      executor.onExit().orTimeout(60, TimeUnit.SECONDS).join(); // without a driver they end
    }
    List<String> kept = grid.lines();
    assertFalse(kept.isEmpty());
    assertTrue(kept.size() < expected.size(), "it was killed before the end");
    assertTrue(expected.containsAll(kept), "what is left is right");
    assertEquals(0, grid.runOnSpark(_ -> {}));
    assertEquals(expected, grid.lines());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
