package rankine.kernels;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Dense linear algebra on matrices that are resident on a {@link Backend}: what a decomposition of
 * a weight is made of. Large products run in float32; what decides the accuracy (Gram matrices,
 * changes of basis) is summed in float64; the eigenvalue problem of a small Gram matrix is solved
 * in float64 on the host.
 *
 * <p>A basis of vectors is kept as the rows of a matrix, [vectors, length]: rows are contiguous in
 * every product, and a stored weight serves as it lies, in both directions, never expanded whole.
 * The small float64 matrices are arrays, row after row.
 *
 * <p>The same inputs give the same bits for every number of threads. Not safe for use by several
 * threads at once.
 */
public interface MatrixOps {
  /** Squared lengths below this, of unit rows, are dependence: float32 rows know no better. */
  double DEPENDENT = 1e-14;

  /**
   * What {@link #choleskyPass} found and made.
   *
   * @param deviation {@code max |X Xᵀ - I|}
   * @param basis rows that span what those of X span, nearer to orthonormal; empty where the
   *     deviation was small enough, and where the rows depend on each other
   */
  record CholeskyPass(double deviation, Optional<DenseMatrix> basis) {}

  /** {@code scale · A} in float32. */
  DenseMatrix copy(Weight a, float scale);

  /** The float64 values of a matrix [rows, cols], row after row, rounded to float32. */
  DenseMatrix upload(double[] values, int rows, int cols);

  /** The rows of some matrices of the same width, one below the other. */
  DenseMatrix stack(List<DenseMatrix> parts);

  /** A copy for the host: row-major float32, [rows, cols], on memory of its own. */
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
   * Independent draws of N(0, 1): element (row, col) is {@link Gaussian#at}, on a device to within
   * the rounding of its own functions.
   */
  DenseMatrix gaussian(int rows, int cols, long seed);

  /**
   * {@code X Aᵀ}, [rows, a.rows], in float32, for a random X [rows, a.cols] that depends on the
   * seed and its own shape only: Gaussian, or as {@link SparseSketch} says where that is cheaper.
   */
  default DenseMatrix sketch(Weight a, int rows, long seed) {
    try (DenseMatrix x = gaussian(rows, a.cols(), seed)) {
      return timesTransposed(x, a);
    }
  }

  /** {@code A - factor · B}, two matrices of the same shape. */
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

  /** {@code X Wᵀ}, [x.rows, w.rows], in float32. */
  DenseMatrix timesTransposed(DenseMatrix x, Weight w);

  /** {@code X W}, [x.rows, w.cols], in float32. */
  DenseMatrix times(DenseMatrix x, Weight w);

  /** {@code A Aᵀ}, [a.rows, a.rows], in float32: to multiply by. */
  default DenseMatrix timesOwnTranspose(Weight a) {
    try (DenseMatrix copy = copy(a, 1)) {
      return timesTransposed(copy, a);
    }
  }

  /** {@code A Aᵀ}, [a.rows, a.rows], symmetric to the bit; products and sums in float64. */
  double[] gram(Weight a);

  /**
   * {@code C A}, rounded to float32 at the end; products and sums in float64.
   *
   * @param c [rows, a.rows]
   */
  DenseMatrix combine(double[] c, int rows, Weight a);

  /**
   * One pass of CholeskyQR (Fukaya, Nakatsukasa, Yanagisawa and Yamamoto 2014) over the rows of X,
   * brought to length 1 first: {@code L⁻¹ X} with {@code L Lᵀ = X Xᵀ}; L is float64.
   *
   * @param enough no pass is made where the deviation is below this
   */
  default CholeskyPass choleskyPass(DenseMatrix x, double enough) {
    return CholeskyQr.pass(x, enough, this);
  }

  /**
   * {@code L⁻¹}, lower triangular, [n, n], of {@code G = L Lᵀ}; empty where a pivot is not above
   * {@link #DEPENDENT}.
   *
   * @param g [n, n], symmetric, ones on its diagonal; overwritten
   */
  default Optional<double[]> inverseCholesky(double[] g, int n) {
    return CholeskyQr.inverseFactor(g, n);
  }

  /**
   * {@code ‖A‖²}, the sum of the squares of all elements, in float64; NaN or infinite exactly where
   * an element is not finite.
   */
  double squaredNorm(Weight a);

  /**
   * The eigenvalues and eigenvectors of a symmetric matrix; both are accurate to a small multiple
   * of {@code 2^-53 ‖G‖}.
   *
   * @param g [n, n], finite; only read
   * @throws ArithmeticException if the iteration does not converge
   */
  EigenDecomposition eigen(double[] g, int n);
}
