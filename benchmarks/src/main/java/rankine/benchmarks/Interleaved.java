package rankine.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Measures contenders in turn, A B C A B C …, so that whatever else the machine does falls on all
 * of them alike.
 *
 * @param runs measurements of each
 * @param warmUpCalls of each at least, before any measurement
 * @param warmUpSeconds of each at least
 * @param retries further attempts while other programs are busy
 * @param pauseMillis between two turns, in which nothing runs
 */
record Interleaved(int runs, int warmUpCalls, double warmUpSeconds, int retries, long pauseMillis) {
  private static final int WARM_UP_CALLS = 5;

  /**
   * Threads of the last contender that still spin go to sleep. Those of OpenBLAS do so 2²⁸ cycles
   * after their work, 130 ms at 2.1 GHz, whatever OpenMP was told.
   */
  private static final long PAUSE_MILLIS = 250;

  /** For things that take no longer than the warm-up. */
  Interleaved(int runs, double warmUpSeconds, int retries) {
    this(runs, WARM_UP_CALLS, warmUpSeconds, retries);
  }

  /** With a pause that suits all contenders. */
  Interleaved(int runs, int warmUpCalls, double warmUpSeconds, int retries) {
    this(runs, warmUpCalls, warmUpSeconds, retries, PAUSE_MILLIS);
  }

  /**
   * @param first the very first measurement, cold
   * @param otherLoad processors that other programs used meanwhile
   */
  record Measured(double first, Measurements samples, double otherLoad) {}

  /**
   * Warms each of {@code turns} up, then calls them in turn; name to what they returned. If other
   * programs were busy meanwhile it measures again, and the quietest attempt counts.
   */
  Map<String, Measured> measure(Map<String, DoubleSupplier> turns) {
    Map<String, Double> first = new LinkedHashMap<>();
    turns.forEach((name, turn) -> first.put(name, warmUp(turn)));
    Attempt best = attempt(turns);
    for (int i = 0; i < retries && best.otherLoad > OtherLoad.QUIET; i++) {
      Attempt next = attempt(turns);
      best = next.otherLoad < best.otherLoad ? next : best;
    }
    Map<String, Measured> measured = new LinkedHashMap<>();
    for (String name : turns.keySet()) {
      measured.put(
          name,
          new Measured(first.get(name), new Measurements(best.values.get(name)), best.otherLoad));
    }
    return measured;
  }

  /**
   * @param values name to its measurements
   */
  private record Attempt(Map<String, double[]> values, double otherLoad) {}

  private Attempt attempt(Map<String, DoubleSupplier> turns) {
    Map<String, double[]> values = new LinkedHashMap<>();
    turns.keySet().forEach(name -> values.put(name, new double[runs]));
    OtherLoad start = OtherLoad.now();
    for (int i = 0; i < runs; i++) {
      for (Map.Entry<String, DoubleSupplier> turn : turns.entrySet()) {
        pause();
        values.get(turn.getKey())[i] = turn.getValue().getAsDouble();
      }
    }
    return new Attempt(values, OtherLoad.now().since(start));
  }

  private double warmUp(DoubleSupplier turn) {
    long start = System.nanoTime();
    double first = turn.getAsDouble();
    for (int call = 1;
        call < warmUpCalls || (System.nanoTime() - start) / 1e9 < warmUpSeconds;
        call++) {
      var _ = turn.getAsDouble();
    }
    return first;
  }

  private void pause() {
    try {
      Thread.sleep(pauseMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
