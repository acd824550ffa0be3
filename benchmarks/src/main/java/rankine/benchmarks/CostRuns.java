package rankine.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/**
 * Measures how the time of a search grows with its queries and its pruning rates, and the time of
 * one more rate against evaluating every prompt from its first token. The search is at the second
 * last layer.
 */
final class CostRuns {
  private static final List<Integer> QUERIES = List.of(10, 20, 40, 80);
  private static final List<Integer> RATES = List.of(1, 2, 4, 8, 16);

  /** High, low and middle rates alternate, so that every prefix of the list is balanced. */
  private static final List<Double> ORDER =
      List.of(
          0.9, 0.5, 0.99, 0.75, 0.95, 0.1, 0.995, 0.6, 0.85, 0.3, 0.98, 0.7, 0.97, 0.2, 0.8, 0.4);

  private static final String WHOLE = "every prompt whole";

  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;
  private final int layer;
  private final String what;

  /** The varied quantity and its sizes. */
  private record Axis(String one, String many, List<Integer> sizes) {
    String at(int size) {
      return size + " " + (size == 1 ? one : many);
    }

    double[] x() {
      return sizes.stream().mapToDouble(Integer::doubleValue).toArray();
    }
  }

  CostRuns(Contenders contenders, int runs, Results results) {
    this.contenders = contenders;
    this.interleaved = new Interleaved(runs, 1, 0, 0);
    this.results = results;
    int layers = RandomCheckpoint.DEFAULT.layers();
    this.layer = layers - 2;
    this.what = "search, layer %d of %d, mlp".formatted(layer, layers);
  }

  /** Measures the model with 12 layers. */
  void run(Path model) {
    Axis queries = new Axis("query", "queries", QUERIES);
    Axis rates = new Axis("rate", "rates", RATES);
    try (WorkerProcess ours = WorkerProcess.start(contenders.engine(model)).orElseThrow()) {
      results.contender(ours);
      Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
      for (int n : QUERIES) {
        turns.put(queries.at(n), timed(ours, search(n, SearchRequests.RATES)));
      }
      for (int n : RATES) {
        turns.put(rates.at(n), timed(ours, search(SearchRequests.QUERIES, ORDER.subList(0, n))));
      }
      turns.put(WHOLE, timed(ours, SearchRequests.whole(SearchRequests.QUERIES)));
      Map<String, Interleaved.Measured> measured = interleaved.measure(turns);
      curve(queries, "%d rates".formatted(SearchRequests.RATES.size()), measured);
      double[] added = curve(rates, "%d queries".formatted(SearchRequests.QUERIES), measured);
      Results.Figure whole = seconds(WHOLE, "Rankine, " + WHOLE, measured.get(WHOLE));
      Results.Figure rate =
          new Results.Figure(
              what + ": a rate added",
              ours.name(),
              "s",
              new Measurements(added),
              OptionalDouble.empty(),
              whole.otherLoad());
      results.ratio(results.figure(rate), whole, "≤ 0.0167 (1/60)");
      results.groupEnds();
    }
  }

  private ObjectNode search(int queries, List<Double> rates) {
    return SearchRequests.forRankine(List.of(layer), List.of("mlp"), queries, rates);
  }

  private static DoubleSupplier timed(WorkerProcess ours, ObjectNode request) {
    return () -> ours.ask("search", request).get("seconds").doubleValue();
  }

  private Results.Figure seconds(String size, String who, Interleaved.Measured measured) {
    return results.figure(
        new Results.Figure(
            what + ", " + size,
            who,
            "s",
            measured.samples(),
            OptionalDouble.of(measured.first()),
            OptionalDouble.of(measured.otherLoad())));
  }

  /**
   * Reports the times along an axis and the regression line of their medians.
   *
   * @return the slope of the regression line of each run
   */
  private double[] curve(Axis axis, String fixed, Map<String, Interleaved.Measured> measured) {
    List<Results.Figure> figures = new ArrayList<>();
    for (int size : axis.sizes) {
      figures.add(seconds(axis.at(size), "Rankine", measured.get(axis.at(size))));
    }
    LeastSquaresLine line =
        LeastSquaresLine.through(
            axis.x(), figures.stream().mapToDouble(f -> f.samples().median()).toArray());
    String points =
        figures.stream()
            .map(f -> FigureText.show(f.samples().median()))
            .collect(Collectors.joining(", "));
    String sizes =
        axis.sizes.stream().map(size -> Integer.toString(size)).collect(Collectors.joining(", "));
    results.remark(
        String.format(
            Locale.ROOT,
            "Time of a %s, %s: with %s %s %s s: %s s and %s s a %s; no point is"
                + " further than %.1f %% from that line.",
            what,
            fixed,
            sizes,
            axis.many,
            points,
            FigureText.show(line.intercept()),
            FigureText.show(line.slope()),
            axis.one,
            100 * line.deviation()));
    int runs = figures.getFirst().samples().values().length;
    double[] slopes = new double[runs];
    for (int run = 0; run < runs; run++) {
      int one = run;
      double[] y = figures.stream().mapToDouble(f -> f.samples().values()[one]).toArray();
      slopes[run] = LeastSquaresLine.through(axis.x(), y).slope();
    }
    return slopes;
  }
}
