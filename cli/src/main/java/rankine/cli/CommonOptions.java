package rankine.cli;

import picocli.CommandLine.Option;
import rankine.engine.run.BackendOptions;

/** What every command takes. */
final class CommonOptions {
  /** How results are printed. */
  enum OutputFormat {
    /** For people. */
    TEXT,
    /** One JSON document. */
    JSON
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "text (default), or json: one JSON document on stdout and nothing else there.")
  OutputFormat format = OutputFormat.TEXT;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "auto (default), scalar, vector or tornado.")
  String backend = "auto";

  @Option(
      names = "--device",
      converter = RangeConverters.Natural.class,
      paramLabel = "I",
      description = "Device of a GPU backend; 0.")
  int device;

  @Option(
      names = "--threads",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "CPU threads; as many as processors. The results do not depend on it.")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--quiet", description = "No progress and no remarks on stderr.")
  boolean quiet;

  @Option(names = "--verbose", description = "With a failure, also the stack trace.")
  boolean verbose;

  BackendOptions backendOptions() {
    return new BackendOptions(backend, device, threads);
  }

  boolean json() {
    return format == OutputFormat.JSON;
  }

  /** Says something on stderr, unless quiet. */
  void remark(String text) {
    if (!quiet) {
      System.err.println(text);
    }
  }
}
