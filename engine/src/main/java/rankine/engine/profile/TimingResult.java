package rankine.engine.profile;

import java.util.Arrays;

/**
 * How long something takes, in seconds.
 *
 * @param median of the repetitions
 * @param lower quartile
 * @param upper quartile
 * @param repetitions samples
 * @param calls in a sample, one after the other; a sample is their mean
 */
public record TimingResult(double median, double lower, double upper, int repetitions, int calls) {

  /** Of samples in any order, at least one. */
  static TimingResult of(double[] samples, int calls) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return new TimingResult(
        quantile(sorted, 0.5),
        quantile(sorted, 0.25),
        quantile(sorted, 0.75),
        sorted.length,
        calls);
  }

  /** Linear between the two samples beside it. */
  private static double quantile(double[] sorted, double at) {
    double place = at * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /**
   * {@code 1.57 · (upper − lower) / √n}, half of a notch of a box plot: where two notches do not
   * overlap the medians differ at about the 5 % level (McGill, Tukey and Larsen 1978).
   */
  public double notch() {
    return 1.57 * (upper - lower) / Math.sqrt(repetitions);
  }

  /** Whether this is shorter by more than chance would have it: the notches do not overlap. */
  public boolean clearlyBelow(TimingResult other) {
    return median + notch() < other.median - other.notch();
  }
}
