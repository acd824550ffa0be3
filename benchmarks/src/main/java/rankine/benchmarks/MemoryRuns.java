package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rankine.kernels.DType;

/** Measures peak resident memory of a run in a fresh process, for several sets of JVM flags. */
final class MemoryRuns {
  /** 1.3 GiB of 16-bit weights, the size of the smallest models that are deployed. */
  static final RandomCheckpoint LARGE =
      new RandomCheckpoint(20, 1536, 16, 64, 50400, 2048, DType.F16, 5);

  private static final int PREFILL = 440;
  private static final int DECODE = 16;
  private static final double MEBI = 1 << 20;

  private final Contenders contenders;
  private final int runs;
  private final Results results;

  MemoryRuns(Contenders contenders, int runs, Results results) {
    this.contenders = contenders;
    this.runs = runs;
    this.results = results;
  }

  /**
   * Measures the launcher's flags on both models and, for comparison, the serial collector alone
   * and the JVM's defaults. The JVM's own memory does not grow with the model.
   */
  void run(Path model, Path large) {
    measure("", model, contenders.jvmFlags(), "≤ 1.3");
    measure("larger model, ", large, contenders.jvmFlags(), "≤ 1.3");
    for (List<String> flags : List.of(List.of("-XX:+UseSerialGC"), List.<String>of())) {
      if (!flags.equals(contenders.jvmFlags())) {
        measure("", model, flags, "");
      }
    }
  }

  private void measure(String which, Path model, List<String> flags, String goal) {
    double[] peak = new double[runs];
    double[] checkpoint = new double[runs];
    double[] seconds = new double[runs];
    double[] file = new double[runs];
    double[] net = new double[runs];
    for (int run = 0; run < runs; run++) {
      JsonNode answer = WorkerProcess.once(contenders.footprint(flags, model, PREFILL, DECODE));
      peak[run] = answer.get("peak_bytes").doubleValue() / MEBI;
      checkpoint[run] = answer.get("checkpoint_bytes").doubleValue() / MEBI;
      double cache = answer.get("cache_bytes").doubleValue() / MEBI;
      double activations = answer.get("activation_bytes").doubleValue() / MEBI;
      net[run] = peak[run] - cache - activations;
      file[run] = answer.get("file_bytes").doubleValue() / MEBI;
      seconds[run] =
          answer.get("load_seconds").doubleValue()
              + answer.get("prefill_seconds").doubleValue()
              + answer.get("decode_seconds").doubleValue();
    }
    String what = which + "peak memory, JVM " + label(flags);
    List<Results.Figure> figures = new ArrayList<>();
    figures.add(results.figure(Results.Figure.of(what, "Rankine", "MiB", peak)));
    figures.add(results.figure(Results.Figure.of(what, "checkpoint", "MiB", checkpoint)));
    results.figure(Results.Figure.of(what, "of it mapped files", "MiB", file));
    results.figure(Results.Figure.of(what, "load + prefill 440 + decode 16, cold", "s", seconds));
    results.ratio(figures.getFirst(), figures.getLast(), goal);
    // inspect states the KV cache and activations; the remainder is overhead, which has the goal.
    results.ratio(
        results.figure(
            Results.Figure.of(
                what + ", less keys and values and activations", "Rankine", "MiB", net)),
        figures.getLast(),
        goal.isEmpty() ? "" : "≤ 1.15");
    results.groupEnds();
  }

  /** The report lists the launcher's options once, with the machine. */
  private String label(List<String> flags) {
    if (flags.equals(contenders.jvmFlags())) {
      return "as the launcher starts it";
    }
    return flags.isEmpty() ? "defaults" : String.join(" ", flags);
  }
}
