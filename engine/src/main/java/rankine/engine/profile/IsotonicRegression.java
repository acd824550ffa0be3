package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;

/** Isotonic regression: a non-decreasing fit of noisy measurements. */
final class IsotonicRegression {
  private IsotonicRegression() {}

  /** Adjacent values pooled to their mean. */
  private record PooledBlock(double sum, int count) {
    double mean() {
      return sum / count;
    }

    PooledBlock merge(PooledBlock other) {
      return new PooledBlock(sum + other.sum, count + other.count);
    }
  }

  /**
   * Returns the non-decreasing sequence nearest to {@code values} in least squares, by pool
   * adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman 1955).
   */
  static double[] fit(double[] values) {
    List<PooledBlock> blocks = new ArrayList<>();
    for (double value : values) {
      PooledBlock last = new PooledBlock(value, 1);
      while (!blocks.isEmpty() && blocks.getLast().mean() >= last.mean()) {
        last = blocks.removeLast().merge(last);
      }
      blocks.add(last);
    }
    double[] fitted = new double[values.length];
    int at = 0;
    for (PooledBlock block : blocks) {
      for (int i = 0; i < block.count; i++) {
        fitted[at++] = block.mean();
      }
    }
    return fitted;
  }
}
