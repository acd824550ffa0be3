package rankine.kernels.cpu;

/**
 * The order in which a column-major product sums its features. They are cut into slices of four
 * equal runs of neighbouring features. A slice's sum takes the first feature of each run, then the
 * second of each, …, then the up to three features after the runs. The sums of the slices are added
 * in ascending order.
 *
 * <p>Decoding thus reads four long streams of memory, and up to {@link #count} workers need not
 * share columns: neighbouring columns are short streams, of which a processor prefetches less
 * (measured: two thirds of the bandwidth for columns of 1.5 KiB). The order depends on the number
 * of features only, so a sum has the same bits for every number of tokens and workers.
 */
final class FeatureSlices {
  /** Runs per slice. */
  static final int STREAMS = 4;

  /** Features per slice at most: a tile of X then takes 16 KiB of L1. */
  static final int MAX_DEPTH = 512;

  /**
   * Features per slice at least: with fewer, adding the slices would cost more than a few
   * hundredths of summing them.
   */
  private static final int MIN_DEPTH = 64;

  /** Slices at least, so that as many workers have a task. */
  private static final int MIN_SLICES = 4;

  private FeatureSlices() {}

  /** Features per slice; the last may have fewer. */
  static int depth(int features) {
    int slices = MIN_SLICES * Math.ceilDiv(features, MIN_SLICES * MAX_DEPTH);
    return Math.max(MIN_DEPTH, Math.ceilDiv(features, slices));
  }

  static int count(int features) {
    return Math.ceilDiv(features, depth(features));
  }

  /** Features per run of a slice. */
  static int runLength(int depth) {
    return depth / STREAMS;
  }

  /** The index in a slice of {@code depth} of the feature that is summed p-th. */
  static int feature(int p, int depth) {
    int runLength = runLength(depth);
    return p < STREAMS * runLength ? p % STREAMS * runLength + p / STREAMS : p;
  }
}
