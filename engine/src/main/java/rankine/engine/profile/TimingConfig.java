package rankine.engine.profile;

/**
 * Parameters of kernel timing.
 *
 * @param firstWarmUp warm-up seconds of the first kernel that uses a code path, which includes JIT
 *     compilation
 * @param warmUp warm-up seconds of every other kernel
 * @param sample target seconds per sample; short calls are repeated within it
 * @param minSamples minimum samples per kernel
 * @param maxSamples maximum samples per kernel
 * @param spread sampling stops when {@link TimingResult#notch} is at most this fraction of the
 *     median
 */
public record TimingConfig(
    double firstWarmUp,
    double warmUp,
    double sample,
    int minSamples,
    int maxSamples,
    double spread) {
  /** For a look. A shorter first warm-up would time code that is not compiled yet. */
  public static final TimingConfig QUICK = new TimingConfig(1.5, 0.02, 0.001, 5, 9, 0.05);

  /** For publishable figures. */
  public static final TimingConfig STANDARD = new TimingConfig(1.5, 0.05, 0.002, 9, 41, 0.02);

  /** Checks the sample counts. */
  public TimingConfig {
    if (minSamples < 1 || maxSamples < minSamples) {
      throw new IllegalArgumentException(
          "samples: expected 1 <= minimum <= maximum, found " + minSamples + " and " + maxSamples);
    }
  }

  /**
   * Returns about how many seconds a kernel takes with its warm-up.
   *
   * @param call seconds of one call
   * @param first whether it is the first kernel that uses a code path
   */
  double seconds(double call, boolean first) {
    return Math.max(first ? firstWarmUp : warmUp, KernelBench.LEAST_WARM_UP * call)
        + maxSamples * Math.max(sample, call);
  }
}
