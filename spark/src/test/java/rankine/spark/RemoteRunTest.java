package rankine.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.RunException;
import rankine.engine.sweep.RunFolder;
import rankine.engine.sweep.Shard;

/** Run folders that Spark's client reads and writes; here those of its local file system. */
@Tag("spark")
class RemoteRunTest {
  private static final SparkConf SETTINGS = new SparkConf(false);

  @TempDir Path temporary;

  private Path folder() {
    return temporary.resolve("run");
  }

  private RemoteRun open() {
    return RemoteRun.open(folder().toUri().toString(), Shard.WHOLE, SETTINGS);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsNewIsOneMoreFile() throws IOException {
    Path copy;
    try (RemoteRun run = open()) {
      copy = run.folder();
      Files.writeString(copy.resolve("run.json"), "{}\n");
      Path cells = copy.resolve("cells-0-of-1.jsonl");
      Files.writeString(cells, "one\n");
      run.push();
      run.push(); // nothing is new
      Files.writeString(cells, "one\ntwo\nthree\n");
      run.push();
    }
    assertFalse(Files.exists(copy));
    List<String> names = names();
    assertEquals(3, names.size(), names.toString());
    assertTrue(names.get(0).matches("cells-0-of-1\\.[0-9a-f]{8}-000000\\.jsonl"), names.get(0));
    assertTrue(names.get(1).matches("cells-0-of-1\\.[0-9a-f]{8}-000001\\.jsonl"), names.get(1));
    assertEquals("one\n", Files.readString(folder().resolve(names.get(0))));
    assertEquals("two\nthree\n", Files.readString(folder().resolve(names.get(1))));

    try (RemoteRun run = open()) {
      try (Stream<Path> files = Files.list(run.folder())) {
        assertEquals(3, files.count(), "another driver has them");
      }
      assertFalse(Files.exists(run.folder().resolve("cells-0-of-1.jsonl")), "its own is new");
      Files.writeString(run.folder().resolve("run.json"), "{\"other\":1}\n");
      Files.writeString(run.folder().resolve("cells-0-of-1.jsonl"), "four\n");
      String message = assertThrows(RunException.class, run::push).getMessage();
      assertTrue(message.contains("run.json: expected the run of this sweep"), message);
    }
    assertEquals(names, names());
  }

  @Test
  void aForeignFolderIsRefused() throws IOException {
    Files.createDirectory(folder());
    Files.writeString(folder().resolve("thesis.tex"), "x");
    String message = assertThrows(RunException.class, this::open).getMessage();
    assertTrue(message.endsWith("found thesis.tex and no run.json"), message);
    assertThrows(
        RunException.class,
        () -> RemoteRun.open("no-such-scheme://host/run", Shard.WHOLE, SETTINGS));
  }

  /** The driver ends in the middle; another goes on; then a local sweep, and a report, read it. */
  @Test
  void aSweepGoesOnInTheFolder() throws IOException {
    DemoGrid serial = new DemoGrid(temporary.resolve("serial"));
    assertEquals(0, serial.runSerially());
    DemoGrid grid = new DemoGrid(folder());
    int[] replies = {0};
    int code =
        grid.runOnSparkByUri(
            reply -> {
              if (++replies[0] == 5) {
                throw new RunException("stopped by the test");
              }
            });
    assertEquals(1, code);
    List<String> kept = grid.lines();
    assertFalse(kept.isEmpty());
    assertTrue(kept.size() < serial.lines().size());
    assertTrue(serial.lines().containsAll(kept));

    assertEquals(0, grid.runOnSparkByUri(_ -> {}));
    assertEquals(serial.lines(), grid.lines());
    assertEquals(0, grid.runSerially());
    assertEquals(serial.lines(), grid.lines(), "a local sweep finds nothing to do");
    assertEquals(
        RunFolder.read(temporary.resolve("serial")).cells().keySet(),
        RunFolder.read(folder()).cells().keySet());
  }
}
