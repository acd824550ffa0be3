package rankine.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.cli.EvalProgram;
import rankine.common.RunException;
import rankine.testdata.TestData;

/** Evaluations on a cluster of two executors, each a JVM of its own, against the local one. */
@Tag("spark")
class EvalJobTest {
  private static final int TASKS = 6;

  @TempDir static Path local;

  @TempDir Path temporary;

  private static List<String> arguments(Path output, String predictions) {
    Path demo = TestData.demo();
    return List.of(
        "--model",
        demo.resolve("overfitted").toString(),
        "--task",
        "demo-topic",
        "--data",
        demo.resolve("data/topic").toString(),
        "--edit",
        "5:mlp:0.9",
        "--limit",
        "39",
        "--predictions",
        predictions,
        "--output",
        output.toString(),
        "--no-cache",
        "--backend",
        "scalar",
        "--threads",
        "1",
        "--quiet");
  }

  @BeforeAll
  static void evaluateLocally() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "rankine.cli.Main", "eval"));
    command.addAll(
        arguments(local.resolve("result.json"), local.resolve("predictions.jsonl").toString()));
    Path errors = local.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectError(errors.toFile())
            .redirectOutput(local.resolve("stdout").toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(errors));
  }

  private int evaluate(String predictions, Consumer<ExecutorReply> replies) {
    return EvalProgram.run(
        arguments(temporary.resolve("result.json"), predictions),
        new EvalJob(
            DemoGrid.cluster().set("spark.default.parallelism", String.valueOf(TASKS)), replies));
  }

  private void assertSame(Path folder) throws IOException {
    assertEquals(
        Files.readString(local.resolve("result.json")),
        Files.readString(temporary.resolve("result.json")));
    List<Path> parts;
    try (Stream<Path> files = Files.list(folder)) {
      parts = files.sorted().toList();
    }
    assertEquals(
        List.of(
            "part-00000.jsonl",
            "part-00001.jsonl",
            "part-00002.jsonl",
            "part-00003.jsonl",
            "part-00004.jsonl",
            "part-00005.jsonl"),
        parts.stream().map(part -> part.getFileName().toString()).toList());
    StringBuilder all = new StringBuilder();
    for (Path part : parts) {
      all.append(Files.readString(part));
    }
    assertEquals(Files.readString(local.resolve("predictions.jsonl")), all.toString());
  }

  @Test
  void theResultIsTheLocalOneToTheByte() throws IOException {
    Path folder = temporary.resolve("predictions");
    Set<Long> processes = new TreeSet<>();
    assertEquals(0, evaluate(folder.toString(), reply -> processes.add(reply.pid())));
    assertSame(folder);
    assertEquals(2, processes.size(), "two executors");
    assertFalse(processes.contains(ProcessHandle.current().pid()), "other processes");
  }

  @Test
  void aKilledExecutorLosesNothing() throws IOException {
    Path folder = temporary.resolve("predictions");
    List<Long> processes = new ArrayList<>();
    int code =
        evaluate(
            folder.toUri().toString(),
            reply -> {
              processes.add(reply.pid());
              if (processes.size() == 1) {
                ProcessHandle process = ProcessHandle.of(reply.pid()).orElseThrow();
                assertTrue(process.destroyForcibly(), "it was there");
                process.onExit().join();
              }
            });
    assertEquals(0, code);
    assertEquals(TASKS, processes.size());
    assertSame(folder);
  }

  /** A reply that cannot be used ends the job before anything is written. */
  @Test
  void aFailedJobLeavesNothing() throws IOException {
    Path folder = temporary.resolve("predictions");
    int code =
        evaluate(
            folder.toString(),
            reply -> {
              throw new RunException("stopped by the test");
            });
    assertEquals(1, code);
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void anExistingFolderIsRefused() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("predictions"));
    Path file = Files.write(folder.resolve("mine"), "x".getBytes(StandardCharsets.UTF_8));
    assertEquals(1, evaluate(folder.toString(), _ -> {}));
    assertEquals("x", Files.readString(file));
    assertFalse(Files.exists(temporary.resolve("result.json")));
  }
}
