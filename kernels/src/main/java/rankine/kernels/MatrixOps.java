package rankine.kernels;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Dense linear algebra on matrices resident on a {@link Backend}: the building blocks of weight
 * decompositions. Large products run in float32; sums that decide the accuracy (Gram matrices,
 * changes of basis) accumulate in float64; the eigenvalue problem of a small Gram matrix is solved
 * in float64.
 *
 * <p>A basis is stored as the rows of a matrix, [vectors, length]: rows are contiguous in every
 * product, and a stored weight is an operand in its own layout, in both directions, never expanded
 * whole. The small float64 matrices are row-major arrays.
 *
 * <p>The same inputs give the same bits for every number of threads. Not thread-safe.
 */
public interface MatrixOps {
  /**
   * Pivots (squared lengths, of unit rows) at or below this count as linear dependence: float32
   * rows resolve no less.
   */
  double DEPENDENT = 1e-14;

  /**
   * The result of {@link #choleskyPass}.
   *
   * @param deviation {@code max |X Xᵀ - I|}
   * @param basis rows with the span of X's rows, closer to orthonormal; empty where the deviation
   *     was already small enough, and where the rows are linearly dependent
   */
  record CholeskyPass(double deviation, Optional<DenseMatrix> basis) {}

  /** Copies {@code scale · A} in float32. */
  DenseMatrix copy(Weight a, float scale);

  /** Uploads a row-major float64 matrix [rows, cols], rounded to float32. */
  DenseMatrix upload(double[] values, int rows, int cols);

  /** Concatenates the rows of matrices of the same width. */
  DenseMatrix stack(List<DenseMatrix> parts);

  /** Copies a matrix to the host: row-major float32, [rows, cols], in its own memory. */
  Matrix download(DenseMatrix a);

  /**
   * Copies row i of A to row {@code rows[i]} of {@code into}.
   *
   * @param into row-major float32 on the host, as wide as A
   */
  default void download(DenseMatrix a, int[] rows, Matrix into) {
    Matrix from = download(a);
    long bytes = (long) from.cols() * Float.BYTES;
    for (int i = 0; i < from.rows(); i++) {
      MemorySegment.copy(from.data(), i * bytes, into.data(), rows[i] * bytes, bytes);
    }
  }

  /**
   * Fills a matrix with independent N(0, 1) values: element (row, col) is {@link Gaussian#at}, on a
   * device up to the rounding of its own functions.
   */
  DenseMatrix gaussian(int rows, int cols, long seed);

  /**
   * Computes a sketch {@code X Aᵀ}, [rows, a.rows], in float32, with a random X [rows, a.cols] that
   * depends only on the seed and its shape: Gaussian, or a {@link SparseSketch} where that is
   * cheaper.
   */
  default DenseMatrix sketch(Weight a, int rows, long seed) {
    try (DenseMatrix x = gaussian(rows, a.cols(), seed)) {
      return timesTransposed(x, a);
    }
  }

  /** Computes {@code A - factor · B} for two matrices of the same shape. */
  default DenseMatrix minus(DenseMatrix a, double factor, DenseMatrix b) {
    int rows = a.rows();
    double[] c = new double[Math.multiplyExact(rows, 2 * rows)];
    for (int i = 0; i < rows; i++) {
      c[i * 2 * rows + i] = 1;
      c[i * 2 * rows + rows + i] = -factor;
    }
    try (DenseMatrix both = stack(List.of(a, b))) {
      return combine(c, rows, both);
    }
  }

  /** Computes {@code X Wᵀ}, [x.rows, w.rows], in float32. */
  DenseMatrix timesTransposed(DenseMatrix x, Weight w);

  /** Computes {@code X W}, [x.rows, w.cols], in float32. */
  DenseMatrix times(DenseMatrix x, Weight w);

  /** Computes {@code A Aᵀ}, [a.rows, a.rows], in float32, as an operand of further products. */
  default DenseMatrix timesOwnTranspose(Weight a) {
    try (DenseMatrix copy = copy(a, 1)) {
      return timesTransposed(copy, a);
    }
  }

  /** Computes {@code A Aᵀ}, [a.rows, a.rows], in float64; exactly symmetric. */
  double[] gram(Weight a);

  /**
   * Computes {@code A B}, [m, n], in float64, on the host by default. Each element is one sum in
   * ascending order of the common dimension.
   *
   * @param a [m, k]
   * @param b [k, n]
   */
  default double[] product(double[] a, int m, int k, double[] b, int n) {
    double[] c = new double[Math.multiplyExact(m, n)];
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        double factor = a[i * k + p];
        for (int j = 0; j < n; j++) {
          c[i * n + j] += factor * b[p * n + j];
        }
      }
    }
    return c;
  }

  /**
   * Computes {@code A B}, [m, m], in float64, where it is symmetric: the lower triangle, as {@link
   * #product} does, and the upper one mirrored.
   *
   * @param a [m, k]
   * @param b [k, m]
   */
  default double[] symmetricProduct(double[] a, int m, int k, double[] b) {
    double[] c = product(a, m, k, b, m);
    for (int i = 0; i < m; i++) {
      for (int j = i + 1; j < m; j++) {
        c[i * m + j] = c[j * m + i];
      }
    }
    return c;
  }

  /**
   * Computes {@code Xᵀ X}, [x.cols, x.cols], in float64, on the host by default; exactly symmetric.
   * Each element is one sum in ascending order of the rows.
   *
   * @param x on the host; any number of rows
   */
  default double[] secondMoment(Matrix x) {
    int n = x.cols();
    double[] sums = new double[Math.multiplyExact(n, n)];
    for (int r = 0; r < x.rows(); r++) {
      for (int i = 0; i < n; i++) {
        double factor = x.get(r, i);
        for (int j = 0; j < n; j++) {
          sums[i * n + j] += factor * x.get(r, j);
        }
      }
    }
    return sums;
  }

  /**
   * Computes {@code C A} in float64 and rounds the result to float32.
   *
   * @param c [rows, a.rows]
   */
  DenseMatrix combine(double[] c, int rows, Weight a);

  /**
   * Runs one pass of CholeskyQR (Fukaya, Nakatsukasa, Yanagisawa and Yamamoto 2014) on the rows of
   * X, normalised to length 1: {@code L⁻¹ X} with {@code L Lᵀ = X Xᵀ}; L is float64.
   *
   * @param tolerance the pass is skipped where the deviation is below this
   */
  default CholeskyPass choleskyPass(DenseMatrix x, double tolerance) {
    return CholeskyQr.pass(x, tolerance, this);
  }

  /**
   * Computes {@code L⁻¹}, lower triangular, [n, n], of {@code G = L Lᵀ}; empty where a pivot is not
   * above {@link #DEPENDENT}.
   *
   * @param g [n, n], symmetric, with a unit diagonal; overwritten
   */
  default Optional<double[]> inverseCholesky(double[] g, int n) {
    return CholeskyQr.inverseFactor(g, n);
  }

  /**
   * Computes the squared Frobenius norm {@code ‖A‖²} in float64; NaN or infinite exactly where an
   * element is not finite.
   */
  double squaredNorm(Weight a);

  /**
   * Computes the eigenvalues and eigenvectors of a symmetric matrix, accurate to a small multiple
   * of {@code 2^-53 ‖G‖}.
   *
   * @param g [n, n], finite; not modified
   * @throws ArithmeticException if the iteration does not converge
   */
  EigenDecomposition eigen(double[] g, int n);
}
