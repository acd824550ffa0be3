package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import rankine.common.RunException;
import rankine.testdata.TestData;

/** {@code --engine spark}: its options, and the command line of the job. */
class SparkOptionsTest {
  private static final Path DEMO = TestData.demo();

  @TempDir Path temporary;

  private static String[] sweep(String... more) {
    return Stream.concat(
            Stream.of(
                "--run=run",
                "--model",
                DEMO.resolve("checkpoint").toString(),
                "--tasks=demo-topic",
                "--data=" + DEMO.resolve("data/topic"),
                "--layers=0",
                "--modules=mlp"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private static Cli.Outcome run(String... more) {
    return Cli.run(
        Stream.concat(Stream.of("sweep"), Stream.of(sweep(more))).toArray(Object[]::new));
  }

  @Test
  void optionsOfSparkNeedTheEngine() {
    run("--master", "yarn").misused("--master: expected with --engine spark");
    run("--conf", "a=b").misused("--conf: expected with --engine spark");
    Cli.run(
            "sweep",
            "--run=hdfs://host/run",
            "--model=m",
            "--methods=exact",
            "--ratios=0.5",
            "--text=a",
            "--test-text=b")
        .misused("--run: expected a path, or a URI with --engine spark");
    run("--ship").misused("--ship: expected with --engine spark");
    run("--engine", "spark", "--conf", "a").misused("--conf: expected KEY=VALUE, found 'a'");
    run("--engine", "dask").misused("--engine");
  }

  @Test
  void evalTakesThemToo() {
    Object[] eval = {
      "eval",
      "--model",
      DEMO.resolve("checkpoint"),
      "--task",
      "demo-topic",
      "--data",
      DEMO.resolve("data/topic")
    };
    evaluated(eval, "--master", "yarn").misused("--master: expected with --engine spark");
    evaluated(eval, "--predictions", "hdfs://host/folder")
        .misused("--predictions: expected a path, or a URI with --engine spark, found");
    evaluated(eval, "--engine", "spark", "--output", DEMO.resolve("checkpoint/config.json"))
        .failed("expected a file outside");
  }

  private static Cli.Outcome evaluated(Object[] eval, Object... more) {
    return Cli.run(Stream.concat(Stream.of(eval), Stream.of(more)).toArray());
  }

  @Test
  void aReportReadsNoUri() {
    Cli.run("report", "s3a://bucket/run", "--out", temporary.resolve("page.html"))
        .misused("RUN_DIR: expected a folder of this machine (hadoop fs -get copies one)");
  }

  @Test
  void locationsArePathsOrUris() {
    assertEquals("hdfs://host//x/../y", Location.absolute("hdfs://host//x/../y"));
    assertEquals(Path.of("").toAbsolutePath() + "/y", Location.absolute("x/../y"));
    assertEquals("/y:z", Location.absolute("/y:z"));
  }

  /** URIs stay as they are, of the options that may name one. */
  @Test
  void theEvaluationsOptionsHaveAbsolutePaths() {
    String here = Path.of("").toAbsolutePath().toString();
    assertEquals(
        List.of(
            "--model=" + here + "/model",
            "--task=cb:paper",
            "--data=" + here + "/data",
            "--predictions=hdfs://host/folder",
            "--output=" + here + "/result.json",
            "--edit=5:mlp:0.9",
            "--edit=4:mlp:0.9"),
        WorkerArguments.of(
                parsed(
                    new EvalCommand(),
                    "--model=model",
                    "--task=cb:paper",
                    "--data=data",
                    "--predictions=hdfs://host/folder",
                    "--output=result.json",
                    "--edit=5:mlp:0.9",
                    "--edit=4:mlp:0.9",
                    "--engine=SPARK"),
                EngineOptions.NAMES)
            .arguments());
  }

  @Test
  void whatIsMissingIsNamedInOneLine() throws IOException {
    Path jar = temporary.resolve("rankine-spark.jar");
    refused(Map.of("RANKINE_SPARK_JAR", jar.toString()), jar + ": expected the jar");
    refused(Map.of(), "spark/target/rankine-spark.jar: expected the jar");
    Files.createFile(jar);
    refused(Map.of("RANKINE_SPARK_JAR", jar.toString()), "SPARK_HOME: expected the folder");
    refused(
        Map.of("RANKINE_SPARK_JAR", jar.toString(), "SPARK_HOME", temporary.toString()),
        "bin/spark-submit: expected a program, found none");
  }

  private void refused(Map<String, String> environment, String expected) {
    String message =
        assertThrows(RunException.class, () -> SparkSubmit.find(environment, temporary))
            .getMessage();
    assertTrue(message.contains(expected), message);
    assertEquals(1, message.lines().count(), message);
  }

  /** The job runs in another folder, and its executors in others again. */
  @Test
  void theJobsOptionsHaveAbsolutePaths() {
    String here = Path.of("").toAbsolutePath().toString();
    Path file =
        TestData.root().resolve("engine/src/main/resources/rankine/engine/icl/tasks/rte.json");
    Path relative = Path.of("").toAbsolutePath().relativize(file);
    assertEquals(
        List.of(
            "--run=" + here + "/runs/one",
            "--model=" + here + "/model",
            "--tasks=sst2:paper,%s:paper,cb".formatted(file),
            "--data=" + here + "/data",
            "--data=cb=" + here + "/other",
            "--layers=-1",
            "--text=" + here + "/x=y.txt",
            "--quiet"),
        arguments(
            "--run",
            "runs/one",
            "--model=model",
            "--engine",
            "spark",
            "--tasks",
            "sst2:paper,%s:paper,cb".formatted(relative),
            "--data",
            "data",
            "--data=cb=x/../other",
            "--layers",
            "-1",
            "--master=yarn",
            "--text",
            "x=y.txt",
            "--conf",
            "a=b",
            "--quiet"));
  }

  private static List<String> arguments(String... args) {
    return WorkerArguments.of(parsed(new SweepCommand(), args), EngineOptions.NAMES).arguments();
  }

  /** Spark copies files of the command line by name, those of folders by what they are. */
  @Test
  void filesThatOptionsNameAreKnown() throws IOException {
    Path text = Files.writeString(temporary.resolve("text.txt"), "x");
    Path output = Files.writeString(temporary.resolve("result.json"), "x");
    Path task =
        TestData.root().resolve("engine/src/main/resources/rankine/engine/icl/tasks/rte.json");
    assertEquals(
        List.of(task, text),
        WorkerArguments.of(
                parsed(
                    new SweepCommand(),
                    "--run=" + temporary,
                    "--model=" + DEMO.resolve("checkpoint"),
                    "--tasks=cb,%s:paper".formatted(task),
                    "--data=" + temporary,
                    "--text=" + text),
                EngineOptions.NAMES)
            .files());
    assertEquals(
        List.of(text),
        WorkerArguments.of(
                parsed(
                    new EvalCommand(),
                    "--model=" + DEMO.resolve("checkpoint"),
                    "--task=" + task,
                    "--calibration=" + text,
                    "--output=" + output),
                EngineOptions.NAMES,
                Set.of("--task"))
            .files());
  }

  private static CommandLine.ParseResult parsed(Object command, String... args) {
    return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
  }

  @Test
  void theJobReadsItsOptionsAsTheCommandDoes() {
    List<String> once = arguments(sweep("--rates", "0.5,0.9", "--seeds=1,2", "--quiet"));
    assertEquals(once, arguments(once.toArray(String[]::new)));
  }
}
