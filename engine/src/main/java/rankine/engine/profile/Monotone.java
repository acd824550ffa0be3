package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;

/** Isotonic regression: what repeated, noisy measurements of something that grows say of it. */
final class Monotone {
  private Monotone() {}

  /** Neighbours that have one value: their mean. */
  private record Pool(double sum, int count) {
    double mean() {
      return sum / count;
    }

    Pool with(Pool other) {
      return new Pool(sum + other.sum, count + other.count);
    }
  }

  /**
   * The sequence that never falls and is nearest to {@code values} in least squares, by pooling
   * adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman 1955).
   */
  static double[] fit(double[] values) {
    List<Pool> pools = new ArrayList<>();
    for (double value : values) {
      Pool last = new Pool(value, 1);
      while (!pools.isEmpty() && pools.getLast().mean() >= last.mean()) {
        last = pools.removeLast().with(last);
      }
      pools.add(last);
    }
    double[] fitted = new double[values.length];
    int at = 0;
    for (Pool pool : pools) {
      for (int i = 0; i < pool.count; i++) {
        fitted[at++] = pool.mean();
      }
    }
    return fitted;
  }
}
