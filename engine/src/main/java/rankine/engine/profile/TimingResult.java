package rankine.engine.profile;

import java.util.Arrays;

/**
 * Statistics of the time per call, in seconds.
 *
 * @param median median of the samples
 * @param lower lower quartile
 * @param upper upper quartile
 * @param repetitions number of samples
 * @param calls consecutive calls per sample; a sample is their mean
 */
public record TimingResult(double median, double lower, double upper, int repetitions, int calls) {

  /** Computes the statistics of samples in any order, at least one. */
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

  /** Returns a quantile by linear interpolation between the two adjacent samples. */
  private static double quantile(double[] sorted, double at) {
    double position = at * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /**
   * Returns {@code 1.57 · (upper − lower) / √n}, half of the notch of a box plot: if two notches do
   * not overlap, the medians differ at about the 5 % level (McGill, Tukey and Larsen 1978).
   */
  public double notch() {
    return 1.57 * (upper - lower) / Math.sqrt(repetitions);
  }

  /** Returns whether this time is significantly shorter: the notches do not overlap. */
  public boolean significantlyBelow(TimingResult other) {
    return median + notch() < other.median - other.notch();
  }
}
