package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import rankine.common.io.ShellCommand;
import rankine.engine.sweep.RunFolder;
import rankine.testdata.TestData;

/**
 * A signal, a disk that fills, a checkpoint that changes: no temporary file stays, and one line
 * says how to go on.
 */
@Execution(ExecutionMode.CONCURRENT) // waits for other processes, and captures no output
class SignalTest {
  private static final Path DEMO = TestData.demo();
  private static final int TERMINATED = 128 + 15;

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leaveNoProcess() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(folder.resolve("stderr").toFile())
            .start();
    started.add(process);
    return process;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Files.createDirectories(folder.resolve("out")))) {
      return files.toList();
    }
  }

  /** Sends SIGTERM as soon as a file fits, and returns the lines of stderr. */
  private List<String> terminated(Process process, Predicate<Path> file)
      throws IOException, InterruptedException {
    while (files().stream().noneMatch(file)) {
      assertTrue(!process.waitFor(1, TimeUnit.MILLISECONDS), "it ended before the signal");
    }
    process.destroy();
    assertEquals(TERMINATED, process.waitFor());
    return messages();
  }

  /** The lines on stderr that are not the JVM's. */
  private List<String> messages() throws IOException {
    return Files.readAllLines(folder.resolve("stderr")).stream()
        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
        .toList();
  }

  private static boolean isTemporary(Path file) {
    return file.getFileName().toString().startsWith(".");
  }

  /** An evaluation of 600 examples, of which each needs a few tokens. */
  private Object[] eval(Path predictions) {
    return new Object[] {
      "eval",
      "--model",
      DEMO.resolve("checkpoint"),
      "--task",
      "demo-topic",
      "--data",
      DEMO.resolve("data/topic"),
      "--shots",
      0,
      "--backend",
      "scalar",
      "--threads",
      1,
      "--quiet",
      "--predictions",
      predictions
    };
  }

  private static Object[] sweep(Path run, Path model) {
    return new Object[] {
      "sweep",
      "--run",
      run,
      "--model",
      model,
      "--tasks",
      "demo-topic",
      "--data",
      DEMO.resolve("data/topic"),
      "--layers",
      "all",
      "--modules",
      "mlp,attn",
      "--method",
      "magnitude",
      "--limit",
      8,
      "--shots",
      0,
      "--backend",
      "scalar",
      "--threads",
      1,
      "--quiet"
    };
  }

  private static Object[] prune(Path out) {
    return new Object[] {
      "prune",
      "--model",
      DEMO.resolve("checkpoint"),
      "--edit",
      "-1:all:0.5",
      "--out",
      out,
      "--backend",
      "scalar",
      "--threads",
      1,
      "--no-cache",
      "--quiet"
    };
  }

  @Test
  void evalLeavesNoPredictions() throws IOException, InterruptedException {
    Path predictions = folder.resolve("out/it's.jsonl");
    Process process = start(Cli.java(eval(predictions)));
    List<String> lines = terminated(process, SignalTest::isTemporary);
    List<String> command = new ArrayList<>(List.of("rankine"));
    Stream.of(eval(predictions)).map(Object::toString).forEach(command::add);
    assertEquals(
        List.of(
            "rankine: interrupted: no file is written; this starts again: "
                + ShellCommand.of(command)),
        lines);
    assertEquals(List.of(), files());
  }

  @Tag("thorough")
  @Test
  void pruneLeavesNoFolder() throws IOException, InterruptedException {
    Process process = start(Cli.java(prune(folder.resolve("out/new"))));
    List<String> lines = terminated(process, SignalTest::isTemporary);
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(
        lines.getFirst().startsWith("rankine: interrupted: no file is written; this starts again:"),
        lines.toString());
    assertEquals(List.of(), files());
  }

  @Test
  void sweepSaysHowToGoOn() throws IOException, InterruptedException {
    Path run = folder.resolve("out");
    Process process = start(Cli.java(sweep(run, DEMO.resolve("checkpoint"))));
    List<String> lines = terminated(process, SignalTest::hasACell);
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(
        lines
            .getFirst()
            .startsWith(
                "rankine: interrupted: the cells that are done are kept; this goes on: rankine"
                    + " sweep --run "),
        lines.toString());
    assertTrue(files().stream().noneMatch(SignalTest::isTemporary), files().toString());
    assertTrue(!RunFolder.read(run).cells().isEmpty());
  }

  @Test
  void weightsThatAreReplacedEndTheSweep() throws IOException, InterruptedException {
    Path model = Cli.copy(DEMO.resolve("checkpoint"), folder.resolve("model"));
    Process process = start(Cli.java(sweep(folder.resolve("out"), model)));
    while (files().stream().noneMatch(SignalTest::hasACell)) {
      assertTrue(!process.waitFor(1, TimeUnit.MILLISECONDS), "it ended before the change");
    }
    try (FileChannel weights =
        FileChannel.open(model.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
      weights.write(ByteBuffer.wrap(new byte[64]), weights.size() - 64); // in place
    }
    assertEquals(1, process.waitFor());
    List<String> lines = messages();
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(
        lines
            .getFirst()
            .contains(model.resolve("model.safetensors") + ": expected the file that was opened"),
        lines.toString());
  }

  private static boolean hasACell(Path file) {
    if (!file.endsWith("cells-0-of-1.jsonl")) {
      return false;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count() > 2;
    } catch (IOException e) {
      return false;
    }
  }

  /** The shell's limit on a file's size stands for a disk that fills while a file is written. */
  private void fills(int kilobytes, Object... command) throws IOException, InterruptedException {
    List<String> limited =
        new ArrayList<>(
            List.of("bash", "-c", "ulimit -f %d; exec \"$@\"".formatted(kilobytes), "-"));
    limited.addAll(Cli.java(command));
    limited.add(limited.indexOf("-cp"), "-XX:-UsePerfData"); // a file of the JVM, of 32 KiB
    Files.createDirectories(folder.resolve("out"));
    assertEquals(1, start(limited).waitFor(), messages().toString());
    List<String> lines = messages();
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.getFirst().contains("cannot be written"), lines.toString());
    assertTrue(lines.getFirst().contains(folder.resolve("out").toString()), lines.toString());
    assertTrue(!lines.getFirst().contains(".tmp"), lines.toString());
    assertEquals(List.of(), files());
  }

  @Test
  void aFullDiskKeepsNoTemporaryFile() throws IOException, InterruptedException {
    List<Object> eval = new ArrayList<>(List.of(eval(folder.resolve("out/p.jsonl"))));
    eval.addAll(List.of("--limit", 60)); // three times the space there is
    fills(4, eval.toArray());
  }

  @Tag("thorough")
  @Test
  void aFullDiskKeepsNoCheckpoint() throws IOException, InterruptedException {
    Object[] prune = prune(folder.resolve("out/new"));
    prune[4] = "0:q_proj:0.5";
    fills(1000, prune);
  }
}
