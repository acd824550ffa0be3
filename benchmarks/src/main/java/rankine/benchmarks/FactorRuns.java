package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import rankine.kernels.DType;

/**
 * Benchmarks linear layers of the shapes of models of 1 to 8 billion parameters in factors against
 * the same layers dense, at decode (one row) and at prefill, beside PyTorch running both. Factors
 * of rank k of W [m, n] have k (m + n) elements: the ideal speedup is {@code m n / (k (m + n))}, at
 * decode the ratio of the bytes, at prefill that of the operations.
 */
final class FactorRuns {
  /** Fractions of the parameters that the factors save, at least. */
  private static final List<Double> RATIOS = List.of(0.2, 0.4, 0.6, 0.8);

  /** Ranks are multiples of it: whole pairs of vectors of 16 lanes. */
  private static final int RANK_MULTIPLE = 32;

  /** What PyTorch stores and computes in: as exactly as Rankine, and as fast as it can. */
  private static final List<DType> RIVAL_DTYPES = List.of(DType.F32, DType.BF16);

  private static final double DECODE_GOAL = 0.9;
  private static final double PREFILL_GOAL = 0.85;

  /** Bytes of weights that decode cycles through, in multiples of the last-level cache. */
  private static final int COLD_FACTOR = 2;

  private static final long PAUSE_MILLIS = 150;
  private static final double WARM_UP_SECONDS = 0.1;

  /**
   * What is measured.
   *
   * @param tokens of a prefill
   * @param coldBytes of weights that decode cycles through
   * @param seconds that a turn takes at least
   * @param firstSeconds in which the kernels of the first shape are compiled
   */
  record FactorWorkload(
      List<FactoredShape> shapes, int tokens, long coldBytes, double seconds, double firstSeconds) {
    /** Copies the list. */
    FactorWorkload {
      shapes = List.copyOf(shapes);
    }

    /** Shapes of models of 1 to 8 billion parameters. */
    static FactorWorkload standard() {
      List<FactoredShape> shapes =
          List.of(
              new FactoredShape(2048, 2048),
              new FactoredShape(4096, 4096),
              new FactoredShape(4096, 11008),
              new FactoredShape(4096, 14336));
      return new FactorWorkload(shapes, 256, COLD_FACTOR * Machine.lastLevelCache(), 0.08, 3);
    }
  }

  /**
   * W [m, n].
   *
   * @param m outputs
   * @param n inputs
   */
  record FactoredShape(int m, int n) {
    /** Returns the largest aligned rank whose factors save at least {@code ratio}. */
    int rank(double ratio) {
      int rank = (int) Math.floor((double) m * n * (1 - ratio) / (m + n) + 1e-9);
      return Math.max(1, rank / RANK_MULTIPLE) * RANK_MULTIPLE;
    }

    double ideal(int rank) {
      return (double) m * n / ((double) rank * (m + n));
    }
  }

  private final FactorWorkload workload;
  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;
  private final List<List<String>> rows = new ArrayList<>();

  FactorRuns(
      FactorWorkload workload, Contenders contenders, Interleaved interleaved, Results results) {
    this.workload = workload;
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /** Short turns: a figure is a ratio of neighbouring ones. */
  static Interleaved turns(int runs, int retries) {
    return new Interleaved(runs, 2, WARM_UP_SECONDS, retries, PAUSE_MILLIS);
  }

  /** Measures all shapes and ratios. */
  void run() {
    WorkerProcess ours = WorkerProcess.start(contenders.kernels()).orElseThrow();
    Optional<WorkerProcess> torch = WorkerProcess.start(contenders.torchOpenMp());
    try {
      torch.ifPresent(results::contender);
      for (int tokens : List.of(1, workload.tokens)) {
        FactoredShape first = workload.shapes.getFirst();
        milliseconds(ours, first, tokens, 0, workload.firstSeconds);
        milliseconds(ours, first, tokens, first.rank(RATIOS.getFirst()), workload.firstSeconds);
        for (FactoredShape shape : workload.shapes) {
          for (double ratio : RATIOS) {
            measure(ours, torch, shape, tokens, ratio);
          }
        }
      }
    } finally {
      ours.close();
      torch.ifPresent(WorkerProcess::close);
    }
  }

  private void write() {
    results.table(
        new Results.Table(
            "Factors against dense matrices, BF16 weights (PyTorch: all in F32, and all in BF16)",
            List.of(
                "W, fraction removed, rank",
                "dense, ms",
                "factored, ms",
                "dense / factored",
                "goal",
                "ideal",
                "PyTorch F32 dense, ms",
                "factored, ms",
                "dense / factored",
                "its factored / ours",
                "PyTorch BF16 dense, ms",
                "factored, ms",
                "dense / factored",
                "its factored / ours"),
            rows));
    results.groupEnds();
  }

  private void measure(
      WorkerProcess ours,
      Optional<WorkerProcess> torch,
      FactoredShape shape,
      int tokens,
      double ratio) {
    int rank = shape.rank(ratio);
    String what =
        "%s %d×%d, %s removed, rank %d"
            .formatted(
                tokens == 1 ? "decode" : "prefill of " + tokens, shape.m, shape.n, ratio, rank);
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    String dense = ours.name() + ", dense";
    String factored = ours.name() + ", factored";
    turns.put(dense, () -> milliseconds(ours, shape, tokens, 0, workload.seconds));
    turns.put(factored, () -> milliseconds(ours, shape, tokens, rank, workload.seconds));
    torch.ifPresent(
        rival -> {
          for (DType dtype : RIVAL_DTYPES) {
            for (int k : new int[] {0, rank}) {
              turns.put(
                  rivalName(rival, dtype, k),
                  () -> milliseconds(rival, shape, tokens, k, dtype, workload.seconds));
            }
          }
        });
    Map<String, Interleaved.Measured> measured = interleaved.measure(turns);
    measured.forEach(
        (name, each) ->
            results.figure(
                new Results.Figure(
                    what,
                    name,
                    "ms",
                    each.samples(),
                    OptionalDouble.empty(),
                    OptionalDouble.of(each.otherLoad()))));
    double ideal = shape.ideal(rank);
    List<String> row = new ArrayList<>(List.of(what));
    row.addAll(pair(measured, dense, factored));
    row.add("≥ " + FigureText.show((tokens == 1 ? DECODE_GOAL : PREFILL_GOAL) * ideal));
    row.add(FigureText.show(ideal));
    torch.ifPresent(
        rival -> {
          for (DType dtype : RIVAL_DTYPES) {
            String theirs = rivalName(rival, dtype, rank);
            row.addAll(pair(measured, rivalName(rival, dtype, 0), theirs));
            row.add(FigureText.show(ratio(measured, theirs, factored)));
          }
        });
    while (row.size() < 6 + 4 * RIVAL_DTYPES.size()) {
      row.add(""); // PyTorch is not installed
    }
    rows.add(row);
    write();
  }

  private static String rivalName(WorkerProcess rival, DType dtype, int rank) {
    return "%s %s, %s".formatted(rival.name(), dtype, rank == 0 ? "dense" : "factored");
  }

  /** Both medians and the median of the ratios of neighbouring turns. */
  private static List<String> pair(
      Map<String, Interleaved.Measured> measured, String dense, String factored) {
    return List.of(
        FigureText.show(measured.get(dense).samples().median()),
        FigureText.show(measured.get(factored).samples().median()),
        FigureText.show(ratio(measured, dense, factored)));
  }

  private static double ratio(Map<String, Interleaved.Measured> measured, String a, String b) {
    double[] above = measured.get(a).samples().values();
    double[] below = measured.get(b).samples().values();
    double[] ratios = new double[above.length];
    Arrays.setAll(ratios, i -> above[i] / below[i]);
    return new Measurements(ratios).median();
  }

  private double milliseconds(
      WorkerProcess worker, FactoredShape shape, int tokens, int rank, double seconds) {
    return milliseconds(worker, shape, tokens, rank, DType.F32, seconds);
  }

  /** Milliseconds per call; weights are BF16, and a rival computes in {@code rivalDtype}. */
  private double milliseconds(
      WorkerProcess worker,
      FactoredShape shape,
      int tokens,
      int rank,
      DType rivalDtype,
      double seconds) {
    JsonNode answer =
        worker.ask(
            "linear",
            Worker.JSON
                .createObjectNode()
                .put("rows", tokens)
                .put("in", shape.n)
                .put("out", shape.m)
                .put("rank", rank)
                .put("dtype", DType.BF16.name())
                .put("compute_dtype", rivalDtype.name())
                .put("cold_bytes", tokens == 1 ? workload.coldBytes : 0)
                .put("min_seconds", seconds));
    return 1e3 * answer.get("seconds").doubleValue() / answer.get("calls").intValue();
  }
}
