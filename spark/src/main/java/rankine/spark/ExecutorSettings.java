package rankine.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/** The settings that executors need, beside those of the user. */
final class ExecutorSettings {
  /** The launcher's options; Spark itself adds those of its own. */
  static final List<String> OPTIONS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "-XX:ObjectAlignmentInBytes=64",
          "-XX:+UseSerialGC");

  private static final String JAVA_OPTIONS = "spark.executor.extraJavaOptions";
  private static final String TASK_CPUS = "spark.task.cpus";
  private static final String EXECUTOR_CORES = "spark.executor.cores";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";

  private ExecutorSettings() {}

  /** Returns a copy of {@code user} with what is missing. */
  static SparkConf of(SparkConf user) {
    SparkConf settings = user.clone();
    settings.setIfMissing("spark.app.name", "rankine");
    // A warning of Spark's is an executor's stack trace, before the line that says the same.
    settings.setIfMissing("spark.log.level", "ERROR");
    settings.set(JAVA_OPTIONS, javaOptions(user.get(JAVA_OPTIONS, "")));
    // A group uses all cores of its executor, and two at once would need the memory twice.
    if (user.contains(EXECUTOR_CORES)) {
      settings.setIfMissing(TASK_CPUS, user.get(EXECUTOR_CORES));
    }
    // Tasks that ask for none are told of none.
    if (user.contains(EXECUTOR_GPUS)) {
      settings.setIfMissing(TASK_GPUS, user.get(EXECUTOR_GPUS));
    }
    // Groups are placed when the job starts: wait for the executors that were asked for.
    settings.setIfMissing("spark.scheduler.minRegisteredResourcesRatio", "1.0");
    // Assignments and replies are records, which Kryo does not know.
    return settings.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
  }

  /** Returns ours, then the user's, which win; of collectors the JVM accepts one only. */
  static String javaOptions(String user) {
    Stream<String> ours =
        OPTIONS.stream()
            .filter(option -> !(option.endsWith("GC") && user.matches(".*-XX:\\+Use\\w+GC\\b.*")));
    return Stream.of(ours, mapped(), Stream.of(user))
        .flatMap(options -> options)
        .filter(option -> !option.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** The options of build-tools/mapped.jvm, a file that executors do not have. */
  private static Stream<String> mapped() {
    try (InputStream in = ExecutorSettings.class.getResourceAsStream("mapped.jvm")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
