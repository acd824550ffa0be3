package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rankine.common.RunException;
import rankine.common.io.Shown;
import rankine.common.io.ShutdownCleanup;

/**
 * Starts a job by the {@code spark-submit} of a Spark installation, whose output and exit code are
 * the command's.
 *
 * @param script {@code $SPARK_HOME/bin/spark-submit}
 * @param jar with the jobs, and all of Rankine
 */
record SparkSubmit(Path script, Path jar) {
  private static final String HOME = "SPARK_HOME";
  private static final String JAR = "RANKINE_SPARK_JAR";

  /** The driver's share of the launcher's options; Spark's own come with the script. */
  private static final String DRIVER_OPTIONS =
      "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED"
          + " -XX:ObjectAlignmentInBytes=64";

  /**
   * Finds the installation and the jar.
   *
   * @param environment as {@link System#getenv()}
   * @param home Rankine's folder
   * @throws RunException in one line that names what is missing
   */
  static SparkSubmit find(Map<String, String> environment, Path home) {
    Path jar =
        Path.of(
            environment.getOrDefault(
                JAR, home.resolve("spark/target/rankine-spark.jar").toString()));
    if (!Files.isRegularFile(jar)) {
      throw new RunException(
          "%s: expected the jar with the jobs for Spark, found none (mvn -Pspark -pl spark -am -DskipTests package builds it; %s names another)"
              .formatted(jar, JAR));
    }
    String spark = environment.get(HOME);
    if (spark == null) {
      throw new RunException(HOME + ": expected the folder of a Spark installation, found none");
    }
    Path script = Path.of(spark, "bin", "spark-submit");
    if (!Files.isExecutable(script)) {
      throw new RunException("%s: %s: expected a program, found none".formatted(HOME, script));
    }
    return new SparkSubmit(script, jar);
  }

  /**
   * Runs a job.
   *
   * @param main class with the job's {@code main}
   * @return its exit code
   */
  int run(String main, List<String> options, WorkerArguments arguments) {
    List<String> command = new ArrayList<>(List.of(script.toString(), "--class", main));
    command.addAll(List.of("--driver-java-options", DRIVER_OPTIONS));
    command.addAll(options);
    command.add(jar.toString());
    command.addAll(arguments.arguments());
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    try {
      Process process = builder.start();
      try (ShutdownCleanup _ = ShutdownCleanup.of(process::destroy)) {
        return process.waitFor();
      }
    } catch (IOException e) {
      throw new RunException("%s: cannot be started: %s".formatted(script, Shown.reason(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunException("spark-submit: interrupted", e);
    }
  }
}
