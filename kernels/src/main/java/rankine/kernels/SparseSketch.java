package rankine.kernels;

/**
 * A random sparse matrix X [rows, cols] with {@link #depth} non-zeros per column: {@code X Aᵀ}
 * costs {@link #depth} multiply-adds per element of A for any number of rows of X. A Gaussian
 * matrix times {@code X Aᵀ} is a sketch with fewer rows than X ("CountGauss", Kapralov, Potluru and
 * Woodruff, "How to fake multiply by a Gaussian matrix", ICML 2016) that spans what a Gaussian
 * sketch of A would.
 *
 * <p>The columns are divided into windows of {@code rows} columns. Layer t of X has one non-zero
 * per column and maps a window to the rows by a cyclic shift: column c of window w goes to row
 * {@code (c + shift(t, w)) mod rows}, so vector code adds a whole window to the sketch. The layers
 * of a window have different shifts. Non-zeros are independent, of random sign and magnitude in
 * [1/2, 3/2): continuous, so that no square submatrix of X is singular by coincidence.
 *
 * @param values [depth][cols]
 * @param shifts [depth][windows], in [0, rows)
 */
public record SparseSketch(int rows, int cols, int depth, float[] values, int[] shifts) {
  /** With one layer, two columns that dominate A could fall into the same row of X. */
  private static final int LAYERS = 2;

  /** Counter rows of {@link Gaussian#philox} that {@link Gaussian} itself does not use. */
  private static final int VALUES = 1;

  private static final int SHIFTS = 2;

  /** Creates the sketch; the same seed gives the same sketch on every machine. */
  public static SparseSketch of(int rows, int cols, long seed) {
    int depth = Math.min(LAYERS, rows);
    float[] values = new float[Math.multiplyExact(depth, cols)];
    int[] bits = new int[4];
    for (int i = 0; i < values.length; i++) {
      if (i % 4 == 0) {
        Gaussian.philox(i / 4, 0, VALUES, 0, seed, bits);
      }
      float magnitude = 0.5f + (bits[i % 4] >>> 8) * 0x1p-24f;
      values[i] = (bits[i % 4] & 1) == 0 ? magnitude : -magnitude;
    }
    int windows = Math.ceilDiv(cols, rows);
    int[] shifts = new int[depth * windows];
    for (int w = 0; w < windows; w++) {
      for (int t = 0; t < depth; t++) {
        if (t % 4 == 0) {
          Gaussian.philox(w, t / 4, SHIFTS, 0, seed, bits);
        }
        int shift = Integer.remainderUnsigned(bits[t % 4], rows);
        while (taken(shifts, w, t, windows, shift)) {
          shift = (shift + 1) % rows;
        }
        shifts[t * windows + w] = shift;
      }
    }
    return new SparseSketch(rows, cols, depth, values, shifts);
  }

  private static boolean taken(int[] shifts, int window, int layers, int windows, int shift) {
    for (int t = 0; t < layers; t++) {
      if (shifts[t * windows + window] == shift) {
        return true;
      }
    }
    return false;
  }

  /** The cyclic shift of a window in a layer. */
  public int shift(int layer, int window) {
    return shifts[layer * Math.ceilDiv(cols, rows) + window];
  }

  /** The row of the non-zero of a column in layer {@code layer}. */
  public int row(int layer, int col) {
    return (col % rows + shift(layer, col / rows)) % rows;
  }

  /** The non-zero of a column in layer {@code layer}. */
  public float value(int layer, int col) {
    return values[layer * cols + col];
  }
}
