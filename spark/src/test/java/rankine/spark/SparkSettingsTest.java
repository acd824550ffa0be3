package rankine.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import rankine.cli.WorkerArguments;
import rankine.common.RunException;
import rankine.testdata.TestData;

/** What executors are started with, and what is refused before they work. */
@Tag("spark")
class SparkSettingsTest {
  private static final String JAVA_OPTIONS = "spark.executor.extraJavaOptions";

  /** Every option of ours is one of the launcher's. */
  @Test
  void executorsHaveTheLaunchersOptions() throws IOException {
    Path root = TestData.root();
    String launcher =
        Files.readString(root.resolve("rankine"))
            + Files.readString(root.resolve("build-tools/launcher.jvm"));
    ExecutorSettings.OPTIONS.forEach(option -> assertTrue(launcher.contains(option), option));
    String options = ExecutorSettings.of(new SparkConf(false)).get(JAVA_OPTIONS);
    for (String line : Files.readAllLines(root.resolve("build-tools/mapped.jvm"))) {
      assertTrue(line.startsWith("#") || options.contains(line), line);
    }
  }

  @Test
  void theUsersSettingsWin() {
    SparkConf user =
        new SparkConf(false)
            .set(JAVA_OPTIONS, "-XX:+UseZGC -Da=b")
            .set("spark.executor.cores", "4")
            .set("spark.app.name", "mine");
    SparkConf settings = ExecutorSettings.of(user);
    String options = settings.get(JAVA_OPTIONS);
    assertTrue(options.endsWith(" -XX:+UseZGC -Da=b"), options);
    assertFalse(options.contains("UseSerialGC"), "the JVM accepts one collector");
    assertEquals("mine", settings.get("spark.app.name"));
    assertEquals("4", settings.get("spark.task.cpus"), "one group has all cores");
    assertEquals("2", ExecutorSettings.of(user.set("spark.task.cpus", "2")).get("spark.task.cpus"));
    assertEquals("-XX:+UseZGC -Da=b", user.get(JAVA_OPTIONS), "its own are left alone");
  }

  @Test
  void aTaskHasTheGpusOfItsExecutor() {
    String key = "spark.task.resource.gpu.amount";
    SparkConf user = new SparkConf(false);
    assertFalse(ExecutorSettings.of(user).contains(key));
    user.set("spark.executor.resource.gpu.amount", "2");
    assertEquals("2", ExecutorSettings.of(user).get(key));
    assertEquals("1", ExecutorSettings.of(user.set(key, "1")).get(key));
  }

  @Test
  void theFirstGpuIsTheDevice() {
    assertEquals(
        List.of("--backend=tornado", "--device=3"), device(List.of("3", "0"), "--backend=tornado"));
    assertEquals(
        List.of("--backend=tornado", "--device=1"),
        device(List.of("3"), "--backend=tornado", "--device=1"),
        "the user's own wins");
    assertEquals(List.of("--backend=tornado"), device(List.of(), "--backend=tornado"));
    assertEquals(List.of("--backend=vector"), device(List.of("3"), "--backend=vector"));
    assertEquals(List.of("--quiet"), device(List.of("3"), "--quiet"));
    String message =
        assertThrows(RunException.class, () -> device(List.of("GPU-1a2b"), "--backend=tornado"))
            .getMessage();
    assertEquals(
        "spark.executor.resource.gpu: expected addresses that are indices of devices, found"
            + " 'GPU-1a2b'",
        message);
  }

  private static List<String> device(List<String> addresses, String... arguments) {
    WorkerArguments given = new WorkerArguments(List.of(arguments), List.of());
    return ExecutorDevice.chosen(given, Map.of("gpu", addresses, "fpga", List.of("9"))).arguments();
  }

  @Test
  void theDriverRefusesWhatCannotWork() {
    refused(new SparkConf(false), 1, "spark.master: expected the cluster's URL");
    SparkConf small = new SparkConf(false).setMaster("yarn").set("spark.executor.memory", "600m");
    refused(
        small,
        3L << 30,
        "spark.executor.memory: expected 3072m or more for the activations, keys and values of one"
            + " batch, found 600m");
    refused(new SparkConf(false).setMaster("yarn"), 2L << 30, "found 1g");
    DriverChecks.check(small, 500L << 20);
    // MiB on YARN and Kubernetes.
    DriverChecks.check(small.set("spark.executor.memory", "8192"), 3L << 30);
  }

  private static void refused(SparkConf settings, long heap, String expected) {
    String message =
        assertThrows(RunException.class, () -> DriverChecks.check(settings, heap)).getMessage();
    assertTrue(message.contains(expected), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void anExecutorThatLacksSomethingIsNamed() {
    long mebi = 1 << 20;
    new ExecutorChecks.ExecutorReport("3", 100 * mebi, true).check(100 * mebi);
    assertEquals(
        "executor 3: module jdk.incubator.vector: expected in its Java, found none",
        message(new ExecutorChecks.ExecutorReport("3", 100 * mebi, false), 1));
    assertEquals(
        "executor 3: spark.executor.memory: expected a heap of 101 MiB at least, found 100 MiB",
        message(new ExecutorChecks.ExecutorReport("3", 100 * mebi, true), 101 * mebi));
  }

  private static String message(ExecutorChecks.ExecutorReport report, long heap) {
    return assertThrows(RunException.class, () -> report.check(heap)).getMessage();
  }

  /** The text of a job that failed on executors with Java 17, and another. */
  @Test
  void aFailedJobIsOneLine() {
    String old =
        "Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times, most recent failure:"
            + " Lost task 0.3 in stage 0.0 (TID 3) (127.0.0.1 executor 0):"
            + " java.lang.UnsupportedClassVersionError: rankine/spark/ExecutorChecks$Probe has been"
            + " compiled by a more recent version of the Java Runtime (class file version 69.0),"
            + " this version of the Java Runtime only recognizes class file versions up to 61.0\n"
            + "\tat java.base/java.lang.ClassLoader.defineClass1(Native Method)";
    assertEquals(
        "executors: Java: expected 25 or newer, found 17 (spark.executorEnv.JAVA_HOME chooses it)",
        JobFailure.of(new SparkException(old)).getMessage());
    assertEquals(
        "spark: Job 0 cancelled",
        JobFailure.of(new SparkException("Job 0 cancelled\n\tat x")).getMessage());
  }

  @Test
  void neighboursPreferOneExecutor() {
    List<Integer> blocks =
        IntStream.range(0, 10).map(i -> ExecutorPlaces.block(i, 10, 3)).boxed().toList();
    assertEquals(List.of(0, 0, 0, 0, 1, 1, 1, 2, 2, 2), blocks);
    assertEquals(511, ExecutorPlaces.block(1343, 1344, 512));
    assertEquals(
        List.of(0, 2), List.of(ExecutorPlaces.block(0, 2, 4), ExecutorPlaces.block(1, 2, 4)));
  }
}
