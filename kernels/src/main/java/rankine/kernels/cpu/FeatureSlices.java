package rankine.kernels.cpu;

/**
 * In which order a product with contiguous columns of W sums its features. They are cut into
 * slices, each of four equal runs of neighbouring features; a slice's sum takes the first of each
 * run, then the second of each, …, then the up to three features behind the runs. The slices' sums
 * are added in ascending order.
 *
 * <p>So one who decodes reads four long streams of memory at a time, and as many workers as there
 * are slices need not share columns: neighbouring columns are short streams, and of those a
 * processor fetches less ahead (two thirds of the bandwidth were measured for columns of 1.5 KiB).
 * The order depends on the number of features alone, so a sum has the same bits for any number of
 * tokens and workers.
 */
final class FeatureSlices {
  /** Runs of a slice. */
  static final int STREAMS = 4;

  /** Features of a slice at most: a tile of X then takes 16 KiB of a first-level cache. */
  static final int MOST = 512;

  /** Of a slice: below it, adding slices would cost more than a few hundredths of summing them. */
  private static final int LEAST = 64;

  /** For so many workers at least. */
  private static final int SLICES = 4;

  private FeatureSlices() {}

  /** Features of each slice but the last, which may have fewer. */
  static int depth(int features) {
    int slices = SLICES * Math.ceilDiv(features, SLICES * MOST);
    return Math.max(LEAST, Math.ceilDiv(features, slices));
  }

  static int count(int features) {
    return Math.ceilDiv(features, depth(features));
  }

  /** Features of a run of a slice. */
  static int apart(int depth) {
    return depth / STREAMS;
  }

  /** Which feature of a slice of {@code depth} is summed p-th. */
  static int feature(int p, int depth) {
    int apart = apart(depth);
    return p < STREAMS * apart ? p % STREAMS * apart + p / STREAMS : p;
  }
}
