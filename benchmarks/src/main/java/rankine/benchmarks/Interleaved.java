package rankine.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Measures contenders in turn, A B C A B C …, so that whatever else the machine does falls on all
 * of them alike.
 *
 * @param runs measurements of each
 * @param warmUpSeconds for each, before any measurement
 */
record Interleaved(int runs, double warmUpSeconds) {
  private static final int WARM_UP_CALLS = 5;

  /** Between two turns: threads of the last contender that still spin go to sleep. */
  private static final long PAUSE_MILLIS = 50;

  /**
   * @param first the very first measurement, cold
   * @param otherLoad processors that other programs used meanwhile
   */
  record Measured(double first, Samples samples, double otherLoad) {}

  /** Warms each of {@code turns} up, then calls them in turn; name to what they returned. */
  Map<String, Measured> measure(Map<String, DoubleSupplier> turns) {
    Map<String, Double> first = new LinkedHashMap<>();
    Map<String, List<Double>> all = new LinkedHashMap<>();
    turns.forEach(
        (name, turn) -> {
          first.put(name, warmUp(turn));
          all.put(name, new ArrayList<>());
        });
    OtherLoad start = OtherLoad.now();
    for (int run = 0; run < runs; run++) {
      turns.forEach(
          (name, turn) -> {
            pause();
            all.get(name).add(turn.getAsDouble());
          });
    }
    double otherLoad = OtherLoad.now().since(start);
    Map<String, Measured> measured = new LinkedHashMap<>();
    all.forEach(
        (name, values) ->
            measured.put(
                name,
                new Measured(
                    first.get(name),
                    new Samples(values.stream().mapToDouble(Double::doubleValue).toArray()),
                    otherLoad)));
    return measured;
  }

  private double warmUp(DoubleSupplier turn) {
    long start = System.nanoTime();
    double first = turn.getAsDouble();
    for (int call = 1;
        call < WARM_UP_CALLS || (System.nanoTime() - start) / 1e9 < warmUpSeconds;
        call++) {
      var _ = turn.getAsDouble();
    }
    return first;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
