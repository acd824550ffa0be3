package rankine.benchmarks;

import java.util.Arrays;

/** Repeated measurements of one quantity, in order. */
record Measurements(double[] values) {
  Measurements {
    if (values.length == 0) {
      throw new IllegalArgumentException("samples: expected at least one, found none");
    }
  }

  /** The median; for an even number of values the mean of the middle two. */
  double median() {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  double min() {
    return Arrays.stream(values).min().getAsDouble();
  }

  double max() {
    return Arrays.stream(values).max().getAsDouble();
  }

  /** Converts times to rates: each value v becomes {@code amount / v}. */
  Measurements rates(double amount) {
    return new Measurements(Arrays.stream(values).map(v -> amount / v).toArray());
  }
}
