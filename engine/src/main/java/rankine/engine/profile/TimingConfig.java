package rankine.engine.profile;

/**
 * How thoroughly kernels are timed.
 *
 * @param firstWarmUp seconds before the first sample of a kind of kernel: the compiler needs them
 * @param warmUp seconds before the first sample of any other kernel
 * @param sample seconds that a sample should take: short calls are repeated within it
 * @param fewest samples of a kernel
 * @param most samples of a kernel
 * @param spread {@link TimingResult#notch} as a part of the median at which a kernel is done
 */
public record TimingConfig(
    double firstWarmUp, double warmUp, double sample, int fewest, int most, double spread) {
  /** For figures that are to be believed. */
  public static final TimingConfig STANDARD = new TimingConfig(1.5, 0.05, 0.002, 9, 41, 0.02);

  /** Checks the numbers. */
  public TimingConfig {
    if (fewest < 1 || most < fewest) {
      throw new IllegalArgumentException("samples: from " + fewest + " to " + most);
    }
  }
}
