package rankine.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;

/**
 * Interleaved measurement of contenders, A B C A B C …, so that other load on the machine affects
 * all of them equally.
 *
 * @param runs measurements of each contender
 * @param warmUpCalls minimum number of calls of each before the measurements
 * @param warmUpSeconds minimum warm-up time of each
 * @param retries further attempts while other programs load the machine
 * @param pauseMillis idle time before each call
 */
record Interleaved(int runs, int warmUpCalls, double warmUpSeconds, int retries, long pauseMillis) {
  private static final int WARM_UP_CALLS = 5;

  /**
   * Lets spinning threads of the previous contender go to sleep. OpenBLAS threads spin for 2²⁸
   * cycles after their work, 130 ms at 2.1 GHz, regardless of OpenMP's settings.
   */
  private static final long PAUSE_MILLIS = 250;

  /** For calls that are short compared to the warm-up. */
  Interleaved(int runs, double warmUpSeconds, int retries) {
    this(runs, WARM_UP_CALLS, warmUpSeconds, retries);
  }

  /** With the default pause. */
  Interleaved(int runs, int warmUpCalls, double warmUpSeconds, int retries) {
    this(runs, warmUpCalls, warmUpSeconds, retries, PAUSE_MILLIS);
  }

  /**
   * @param first the first call, without warm-up
   * @param otherLoad processors that other programs used during the measurement
   */
  record Measured(double first, Measurements samples, double otherLoad) {}

  /**
   * Warms up each of {@code turns}, then calls them interleaved; returns the results by name. If
   * other programs loaded the machine it measures again and keeps the attempt with the least other
   * load.
   */
  Map<String, Measured> measure(Map<String, DoubleSupplier> turns) {
    return measure(
        turns,
        (name, failure) -> {
          throw failure;
        });
  }

  /**
   * The same, but leaves out a turn that fails while it warms up, such as one for which the memory
   * does not suffice: {@code failed} hears of it, and may throw.
   */
  Map<String, Measured> measure(
      Map<String, DoubleSupplier> all, BiConsumer<String, IllegalStateException> failed) {
    Map<String, Double> first = new LinkedHashMap<>();
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    all.forEach(
        (name, turn) -> {
          try {
            first.put(name, warmUp(turn));
            turns.put(name, turn);
          } catch (IllegalStateException e) {
            failed.accept(name, e);
          }
        });
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
   * @param values measurements by name
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
