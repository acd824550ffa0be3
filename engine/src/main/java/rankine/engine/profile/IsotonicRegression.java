package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;

/** Isotonic regression: what repeated, noisy measurements of something that grows say of it. */
final class IsotonicRegression {
  private IsotonicRegression() {}

  /** Neighbours that have one value: their mean. */
  private record PooledBlock(double sum, int count) {
    double mean() {
      return sum / count;
    }

    PooledBlock with(PooledBlock other) {
      return new PooledBlock(sum + other.sum, count + other.count);
    }
  }

  /**
   * The sequence that never falls and is nearest to {@code values} in least squares, by pooling
   * adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman 1955).
   */
  static double[] fit(double[] values) {
    List<PooledBlock> pools = new ArrayList<>();
    for (double value : values) {
      PooledBlock last = new PooledBlock(value, 1);
      while (!pools.isEmpty() && pools.getLast().mean() >= last.mean()) {
        last = pools.removeLast().with(last);
      }
      pools.add(last);
    }
    double[] fitted = new double[values.length];
    int at = 0;
    for (PooledBlock pool : pools) {
      for (int i = 0; i < pool.count; i++) {
        fitted[at++] = pool.mean();
      }
    }
    return fitted;
  }
}
