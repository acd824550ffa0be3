package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import rankine.kernels.DType;

/**
 * Benchmarks a search over the paper's pruning rates, and a grid of searches, against the paper's
 * procedure in PyTorch: for every rate, every prompt whole, one by one. The rival's work does not
 * depend on the layer, so it is measured at one layer; the time of a grid is that times its number
 * of searches. The paper's procedure evaluates rate 0 in each search, Rankine once per grid.
 */
final class SearchRuns {
  /** A search of the rival takes minutes. */
  static final int MAX_RUNS = 3;

  private static final double WARM_UP_SECONDS = 20;

  /** The deep model: 28 layers, narrower. */
  static final RandomCheckpoint DEEP =
      new RandomCheckpoint(28, 256, 8, 32, 50400, 2048, DType.F16, 2);

  private final Contenders contenders;
  private final int runs;
  private final Results results;

  /** The layers and modules of a measured grid, and its goal. */
  private record SearchGrid(String what, List<Integer> layers, List<String> modules, String goal) {
    int searches() {
      return layers.size() * modules.size();
    }
  }

  SearchRuns(Contenders contenders, int runs, Results results) {
    this.contenders = contenders;
    this.runs = runs;
    this.results = results;
  }

  /** Measures the model with 12 layers. */
  void run(Path model) {
    List<Integer> all = IntStream.range(0, RandomCheckpoint.DEFAULT.layers()).boxed().toList();
    run(
        model,
        10,
        List.of(
            new SearchGrid("search, layer 10 of 12, mlp", List.of(10), List.of("mlp"), "≥ 40"),
            new SearchGrid("search, layer 6 of 12, mlp", List.of(6), List.of("mlp"), "≥ 16"),
            new SearchGrid("grid, 12 layers × attn, mlp", all, List.of("attn", "mlp"), "≥ 20")));
  }

  /** Measures the model with 28 layers. */
  void runDeep(Path deep) {
    run(
        deep,
        26,
        List.of(
            new SearchGrid("search, layer 26 of 28, mlp", List.of(26), List.of("mlp"), "≥ 60")));
  }

  private void run(Path model, int layer, List<SearchGrid> grids) {
    WorkerProcess ours = WorkerProcess.start(contenders.engine(model)).orElseThrow();
    Optional<WorkerProcess> rival = Optional.empty();
    try (ours) {
      rival = WorkerProcess.start(contenders.torch(model));
      results.contender(ours);
      rival.ifPresent(results::contender);
      Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
      for (SearchGrid grid : grids) {
        if (grid.searches() == 1) {
          turns.put(grid.what(), () -> seconds(ours, grid));
        }
      }
      ObjectNode theirs = SearchRequests.forTorch(layer, "mlp");
      rival.ifPresent(
          r -> turns.put(r.name(), () -> r.ask("search", theirs).get("seconds").doubleValue()));
      warmUp(ours, layer);
      Map<String, Interleaved.Measured> measured = new Interleaved(runs, 1, 0, 0).measure(turns);
      for (SearchGrid grid : grids) {
        // A grid takes minutes and is measured once.
        Interleaved.Measured found = measured.get(grid.what());
        if (found == null) {
          OtherLoad before = OtherLoad.now();
          double seconds = seconds(ours, grid);
          found =
              new Interleaved.Measured(
                  seconds, new Measurements(new double[] {seconds}), OtherLoad.now().since(before));
        }
        Results.Figure figure = figure(grid.what(), ours.name(), found, 1);
        rival.ifPresent(
            r ->
                results.ratio(
                    figure,
                    figure(grid.what(), r.name(), measured.get(r.name()), grid.searches()),
                    grid.goal()));
        results.groupEnds();
      }
      rival.ifPresent(r -> agreement(ours, r, layer));
    } finally {
      rival.ifPresent(WorkerProcess::close);
    }
  }

  /** Runs searches until the JIT has compiled Rankine, as in a long run. */
  private static void warmUp(WorkerProcess ours, int layer) {
    ObjectNode request = SearchRequests.forRankine(List.of(layer), List.of("mlp"));
    long start = System.nanoTime();
    do {
      ours.ask("search", request);
    } while ((System.nanoTime() - start) / 1e9 < WARM_UP_SECONDS);
  }

  private static double seconds(WorkerProcess ours, SearchGrid grid) {
    ObjectNode request = SearchRequests.forRankine(grid.layers(), grid.modules());
    return ours.ask("search", request).get("seconds").doubleValue();
  }

  /** Reports searches per hour. */
  private Results.Figure figure(
      String what, String who, Interleaved.Measured measured, int searches) {
    double hour = 3600.0 / searches;
    return results.figure(
        new Results.Figure(
            what,
            who,
            "an hour",
            measured.samples().rates(hour),
            OptionalDouble.of(hour / measured.first()),
            OptionalDouble.of(measured.otherLoad())));
  }

  /** Compares label log-probabilities at rate 0, which no decomposition affects. */
  private void agreement(WorkerProcess ours, WorkerProcess rival, int layer) {
    ObjectNode a = SearchRequests.forRankine(List.of(layer), List.of("mlp"));
    ObjectNode b = SearchRequests.forTorch(layer, "mlp");
    for (ObjectNode request : List.of(a, b)) {
      request.putArray("rates").add(0);
      request.put("want_scores", true);
    }
    JsonNode x = ours.ask("search", a).get("scores");
    JsonNode y = rival.ask("search", b).get("scores");
    double difference = 0;
    for (int q = 0; q < SearchRequests.QUERIES; q++) {
      for (int c = 0; c < SearchRequests.LABELS.size(); c++) {
        difference =
            Math.max(
                difference,
                Math.abs(x.get(q).get(c).doubleValue() - y.get(q).get(c).doubleValue()));
      }
    }
    results.remark(
        String.format(
            Locale.ROOT,
            "Agreement with %s at layer %d, rate 0: max |Δ label log-probability| %.2g over %d"
                + " queries.",
            rival.name(),
            layer,
            difference,
            SearchRequests.QUERIES));
  }
}
