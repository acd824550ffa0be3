package rankine.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;
import rankine.cli.SweepProgram;
import rankine.cli.SweepRunner;
import rankine.testdata.TestData;
import scala.Tuple2;

/** A small sweep of the built-in checkpoint: 8 groups of 2 rates. */
final class DemoGrid {
  private final Path run;

  DemoGrid(Path run) {
    this.run = run;
  }

  List<String> arguments() {
    return arguments(run.toString());
  }

  private static List<String> arguments(String location) {
    Path demo = TestData.demo();
    return List.of(
        "--run",
        location,
        "--model",
        demo.resolve("overfitted").toString(),
        "--tasks",
        "demo-topic,demo-sentiment",
        "--data",
        "demo-topic=" + demo.resolve("data/topic"),
        "--data",
        "demo-sentiment=" + demo.resolve("data/sentiment"),
        "--layers",
        "2,5",
        "--modules",
        "mlp,q_proj",
        "--rates",
        "0.5,0.9",
        "--limit",
        "12",
        "--no-cache",
        "--backend",
        "scalar", // compiled by C1, vectors would take longer
        "--threads",
        "1",
        "--quiet");
  }

  /** Two executors of one core and 1 GiB. */
  static SparkConf cluster() {
    return new SparkConf(false)
        .setMaster("local-cluster[2,1,1024]")
        .set("spark.cores.max", "2")
        .set("spark.executor.memory", "512m")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.ui.enabled", "false")
        // The executors live for seconds.
        .set("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1")
        // Not the Java that the environment may name.
        .set("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"))
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
  }

  int runSerially() {
    return SweepProgram.run(arguments(), SweepRunner.LOCAL);
  }

  int runOnSpark(Consumer<ExecutorReply> replies) {
    return SweepProgram.run(arguments(), new SweepJob(cluster(), replies));
  }

  /** As {@link #runOnSpark}, with the folder as a URI: Spark's client reads and writes it. */
  int runOnSparkByUri(Consumer<ExecutorReply> replies) {
    return SweepProgram.run(arguments(run.toUri().toString()), new SweepJob(cluster(), replies));
  }

  /**
   * The command line of a driver in a process of its own, with the settings of {@link #cluster}.
   */
  List<String> driver() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.add("-XX:TieredStopAtLevel=1");
    for (Tuple2<String, String> setting : cluster().getAll()) {
      command.add("-D" + setting._1() + "=" + setting._2());
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), SweepJob.class.getName()));
    command.addAll(arguments());
    return command;
  }

  /** The cells and spectra without their times, sorted. */
  List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream()
        .filter(line -> !line.contains("\"kind\":\"begin\""))
        .map(line -> line.replaceFirst("\"seconds\":[^,}]*", "\"seconds\":0"))
        .sorted()
        .toList();
  }
}
