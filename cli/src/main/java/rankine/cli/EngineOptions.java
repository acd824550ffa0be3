package rankine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Where a command evaluates. */
final class EngineOptions {
  /** The kinds of engines. */
  enum EngineKind {
    /** This process. */
    LOCAL,
    /** A cluster of Apache Spark. */
    SPARK
  }

  /** The options, which a job on the cluster does not take. */
  static final Set<String> NAMES = Set.of("--engine", "--master", "--conf", "--ship");

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "Where the model runs: local, or spark, a cluster of Apache Spark (default: local).")
  EngineKind engine = EngineKind.LOCAL;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "With --engine spark: the cluster, as for spark-submit: spark://HOST:7077, yarn, k8s://URL"
              + " (default: spark.master of $SPARK_HOME/conf).")
  String master;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description =
          "With --engine spark: a setting of Spark, such as spark.executor.memory=8g. Repeatable.")
  List<String> settings = List.of();

  @Option(
      names = "--ship",
      description =
          "With --engine spark: Spark copies checkpoint, data and texts to every executor, where"
              + " their hashes are checked (default: executors see the same paths).")
  boolean ship;

  boolean isSpark() {
    return engine == EngineKind.SPARK;
  }

  /** Refuses options that nothing would use. */
  void check() {
    if (!isSpark() && master != null) {
      throw new UsageException("--master: expected with --engine spark, found --engine local");
    }
    if (!isSpark() && !settings.isEmpty()) {
      throw new UsageException("--conf: expected with --engine spark, found --engine local");
    }
    if (!isSpark() && ship) {
      throw new UsageException("--ship: expected with --engine spark, found --engine local");
    }
    for (String setting : settings) {
      if (setting.indexOf('=') < 1) {
        throw new UsageException("--conf: expected KEY=VALUE, found '" + setting + "'");
      }
    }
  }

  /** The options of {@code spark-submit}. */
  List<String> submitOptions() {
    List<String> options = new ArrayList<>();
    if (master != null) {
      options.addAll(List.of("--master", master));
    }
    settings.forEach(setting -> options.addAll(List.of("--conf", setting)));
    if (ship) {
      options.addAll(List.of("--conf", "spark.rankine.ship=true"));
    }
    return options;
  }
}
