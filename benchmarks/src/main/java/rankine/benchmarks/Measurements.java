package rankine.benchmarks;

import java.util.Arrays;

/** Repeated measurements of one thing, in the order they were taken. */
record Measurements(double[] values) {
  Measurements {
    if (values.length == 0) {
      throw new IllegalArgumentException("samples: expected at least one, found none");
    }
  }

  /** The middle value; of an even number, the mean of the two in the middle. */
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

  /** Each value v as {@code amount / v}: times to rates. */
  Measurements rates(double amount) {
    return new Measurements(Arrays.stream(values).map(v -> amount / v).toArray());
  }
}
