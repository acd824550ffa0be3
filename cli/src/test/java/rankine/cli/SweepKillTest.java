package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.RunFolder;
import rankine.engine.sweep.TaskRecord;
import rankine.testdata.TestData;

/**
 * A sweep in its own process, killed and restarted. {@code -Drankine.kills} sets the number of
 * kills in the thorough suite, each at another byte of the run folder's file.
 */
class SweepKillTest {
  private static final Path DEMO = TestData.demo();
  private static final int KILLS = Integer.getInteger("rankine.kills", 4);

  @TempDir Path temporary;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leaveNoProcess() {
    started.forEach(Process::destroyForcibly);
  }

  private static List<String> sweep(Path run) {
    return List.of(
        "sweep",
        "--run",
        run.toString(),
        "--model",
        DEMO.resolve("checkpoint").toString(),
        "--tasks",
        "demo-topic",
        "--data",
        DEMO.resolve("data/topic").toString(),
        "--layers",
        "0-3",
        "--modules",
        "fc_in,q_proj",
        "--rates",
        "0.5,0.9",
        "--method",
        "magnitude",
        "--limit",
        "4",
        "--shots",
        "0",
        "--backend",
        "scalar",
        "--quiet");
  }

  private Process start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(temporary.resolve("stderr").toFile())
            .start();
    started.add(process);
    return process;
  }

  /** Returns as soon as the file has more than {@code bytes} bytes, or the process ends. */
  private static void awaitMoreThan(long bytes, Path file, Process process)
      throws IOException, InterruptedException {
    while (!Files.exists(file) || Files.size(file) <= bytes) {
      if (process.waitFor(1, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  /** Stops a process, which then only a kill can reach. */
  private static void stop(Process process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
  }

  /** The contents of the cells except their times. */
  private static Map<String, String> figures(Path run) {
    Map<String, String> figures = new TreeMap<>();
    for (Cell cell : RunFolder.read(run).cells().values()) {
      TaskRecord record = (TaskRecord) cell.evaluation();
      figures.put(
          cell.key().toString(),
          String.join(
              " ",
              record.result().toString(),
              record.outcomeBits(),
              record.scores().toString(),
              record.examples(),
              record.prompts()));
    }
    return figures;
  }

  @Test
  void aRestartAfterAKillReachesTheSameCells() throws IOException, InterruptedException {
    killAndRestart(1);
  }

  @Tag("thorough")
  @Test
  void restartsAfterKillsReachTheSameCells() throws IOException, InterruptedException {
    killAndRestart(KILLS);
  }

  private void killAndRestart(int kills) throws IOException, InterruptedException {
    Path undisturbed = temporary.resolve("undisturbed");
    assertEquals(0, Cli.run(sweep(undisturbed).toArray()).code());
    Map<String, String> expected = figures(undisturbed);

    Path run = temporary.resolve("run");
    Path file = run.resolve("cells-0-of-1.jsonl");
    long size = Files.size(undisturbed.resolve("cells-0-of-1.jsonl"));
    List<Long> offsets = new ArrayList<>();
    Random random = new Random(4);
    for (int i = 0; i < kills; i++) {
      offsets.add(random.nextLong(size * 9 / 10));
    }
    Collections.sort(offsets);
    for (long offset : offsets) {
      Process process = start(Cli.java(sweep(run).toArray()));
      // More than the last one left: this process has the run folder.
      awaitMoreThan(Math.max(offset, Files.exists(file) ? Files.size(file) : 0), file, process);
      if (offset == offsets.getLast()) {
        stop(process); // else it might end before the other has looked
        Cli.run(sweep(run).toArray()).failed("cells-0-of-1.jsonl", "no other process");
      }
      process.destroyForcibly().waitFor();
      assertTrue(process.exitValue() > 128, "it was not killed: " + stderr());
      Map<String, String> left = figures(run);
      assertTrue(left.size() < expected.size(), "it was killed before the end");
      assertTrue(
          expected.entrySet().containsAll(left.entrySet()), "the remaining cells are correct");
    }
    assertEquals(0, Cli.run(sweep(run).toArray()).code());
    assertEquals(expected, figures(run));
    assertEquals(List.of(), RunFolder.read(run).missing());
  }

  private String stderr() throws IOException {
    return Files.readString(temporary.resolve("stderr"), StandardCharsets.UTF_8);
  }
}
