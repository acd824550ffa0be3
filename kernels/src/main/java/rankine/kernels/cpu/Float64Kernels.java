package rankine.kernels.cpu;

/**
 * The inner loops of float64 linear algebra. Every sum has a fixed order that depends on the
 * operands only.
 */
interface Float64Kernels {
  /** Rows per tile of {@link #tile}. */
  int tileRows();

  /** Columns per tile of {@link #tile}. */
  int tileCols();

  /** Alignment of row starts, in doubles; a power of two. */
  int align();

  /**
   * {@code C += A B} for one tile.
   *
   * @param a [depth][tileRows] at {@code aAt}: A by columns
   * @param b [depth][tileCols] at {@code bAt}: B by rows
   * @param c element (i, j) at {@code cAt + i * cStride + j}
   */
  void tile(double[] a, int aAt, double[] b, int bAt, int depth, double[] c, int cAt, int cStride);

  /**
   * {@code row(at) -= Σ_k factors[k] row(from + k * stride)}, n elements of {@code a}, k < count.
   */
  void subtractRows(double[] a, int at, double[] factors, int count, int from, int stride, int n);

  /** The sum of the squares of n values. */
  double squares(float[] x, int n);

  /** {@code sums += factors · x}, element by element, n of them, in float32. */
  void addProducts(float[] sums, int at, float[] factors, int factorAt, float[] x, int xAt, int n);

  /** {@code sums += factor · x}, n elements, in float32. */
  void addScaled(float[] sums, int at, float factor, float[] x, int xAt, int n);

  /**
   * One step of a tridiagonal reduction on rows {@code first} to {@code last} of a symmetric
   * matrix, over columns {@code from} to {@code to}: {@code row(i) -= v[i] w + w[i] v}, and then
   * {@code y[i] = row(i) · next}.
   *
   * @param a row i begins at {@code i * stride}
   * @param from a multiple of {@link #align}; so is {@code to}
   */
  void updateAndMultiply(
      double[] a,
      int stride,
      int first,
      int last,
      int from,
      int to,
      double[] v,
      double[] w,
      double[] next,
      double[] y);
}
