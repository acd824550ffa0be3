package rankine.cli;

import picocli.CommandLine.Option;
import rankine.engine.run.BackendOptions;

/** Options of every command. */
final class CommonOptions {
  /** Format of the results on stdout. */
  enum OutputFormat {
    /** Human-readable text. */
    TEXT,
    /** One JSON document. */
    JSON
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Output: text, or json, which prints one JSON document on stdout and nothing else there"
              + " (default: text).")
  OutputFormat format = OutputFormat.TEXT;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "Compute backend: auto, scalar (plain loops), vector (SIMD by the Vector API) or tornado"
              + " (a GPU, by TornadoVM) (default: auto).")
  String backend = "auto";

  @Option(
      names = "--device",
      converter = RangeConverters.Natural.class,
      paramLabel = "I",
      description = "Device index of the tornado backend; doctor lists them (default: 0).")
  int device;

  @Option(
      names = "--threads",
      converter = RangeConverters.Threads.class,
      paramLabel = "N",
      description =
          "CPU threads (default: one per processor). Results are the same for every number.")
  int threads = BackendOptions.standard().threads();

  @Option(
      names = "--copy-weights",
      description =
          "Copy the weights into memory instead of mapping their files, which may then change"
              + " during the run (needs memory of their size).")
  boolean copyWeights;

  @Option(names = "--quiet", description = "Print no progress and no remarks on stderr.")
  boolean quiet;

  @Option(names = "--verbose", description = "On failure, also print the stack trace.")
  boolean verbose;

  BackendOptions backendOptions() {
    return new BackendOptions(backend, device, threads, copyWeights);
  }

  boolean json() {
    return format == OutputFormat.JSON;
  }

  /** Prints a line on stderr, unless {@code --quiet}. */
  void remark(String text) {
    if (!quiet) {
      System.err.println(text);
    }
  }
}
