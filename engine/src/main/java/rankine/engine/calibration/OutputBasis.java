package rankine.engine.calibration;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import rankine.engine.edit.Replacement;
import rankine.kernels.DType;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/**
 * The eigenvectors of {@code W H Wᵀ}, by descending eigenvalue: the directions in which the outputs
 * of W [m, n] lie on inputs of second moment H [n, n]. {@code U_k U_kᵀ W} minimises {@code ‖W X −
 * W' X‖} over the matrices of rank k, {@code H = X Xᵀ}; it equals SVD-LLM's {@code (W S)_k S⁻¹}
 * with {@code S Sᵀ = H} (arXiv 2403.07378), and Swift-SVD's form. One basis serves every rank.
 *
 * @param w the matrix to approximate, [m, n]
 * @param aimed whether w is another matrix than the model's
 * @param vectors one per row, [rank, m]
 * @param values descending
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record OutputBasis(int m, int n, double[] w, boolean aimed, double[] vectors, double[] values) {
  /** The ridge, relative to the mean of H's diagonal: settles directions that no input decides. */
  static final double RIDGE = 1e-8;

  /** Eigenvalues below this, relative to the largest, are noise; their vectors are not used. */
  private static final double NOISE = 1e-15;

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /**
   * Computes the basis, from the smaller of the problems [m, m] and [n, n].
   *
   * @param w [m, n], row-major, kept
   * @param aimed whether w is another matrix than the model's
   * @param h [n, n], symmetric, positive definite
   */
  static OutputBasis of(double[] w, boolean aimed, int m, int n, double[] h, MatrixOps ops) {
    if (m <= n) {
      double[] wh = ops.product(w, m, n, h, n);
      double[] outputs = ops.symmetricProduct(wh, m, n, transposed(w, m, n));
      EigenDecomposition eigen = ops.eigen(outputs, m);
      return new OutputBasis(m, n, w, aimed, eigen.vectors(), eigen.values());
    }
    double[] s = cholesky(h, n, ops);
    double[] ws = ops.product(w, m, n, s, n);
    double[] gram = ops.symmetricProduct(transposed(ws, m, n), n, m, ws);
    EigenDecomposition eigen = ops.eigen(gram, n);
    int rank = 0;
    while (rank < n && eigen.values()[rank] > NOISE * eigen.values()[0]) {
      rank++;
    }
    if (rank == 0) {
      return new OutputBasis(m, n, w, aimed, new double[0], new double[0]);
    }
    // Rows of R, divided by σ: the products with W S are nearly orthonormal, one pass makes them
    // so.
    double[] r = new double[rank * n];
    for (int i = 0; i < rank; i++) {
      double scale = 1 / Math.sqrt(eigen.values()[i]);
      for (int j = 0; j < n; j++) {
        r[i * n + j] = scale * eigen.vectors()[i * n + j];
      }
    }
    double[] u = ops.product(r, rank, n, transposed(ws, m, n), m);
    double[] inner = ops.symmetricProduct(u, rank, m, transposed(u, rank, m));
    double[] vectors =
        ops.inverseCholesky(inner, rank)
            .map(inverse -> ops.product(inverse, u.length / m, u.length / m, u, m))
            .orElse(u);
    return new OutputBasis(m, n, w, aimed, vectors, eigen.values());
  }

  /** Returns what a file keeps: all but the model's own matrix. */
  List<double[]> arrays() {
    return aimed ? List.of(vectors, values, w) : List.of(vectors, values);
  }

  /**
   * Returns the basis of which {@link #arrays} returned the arrays; empty if they are those of
   * another shape.
   *
   * @param stored the model's matrix
   */
  static Optional<OutputBasis> of(List<double[]> arrays, Matrix stored) {
    int m = stored.rows();
    int n = stored.cols();
    boolean aimed = arrays.size() == 3;
    if (arrays.size() < 2
        || arrays.size() > 3
        || arrays.get(0).length % m != 0
        || arrays.get(0).length / m > arrays.get(1).length
        || (aimed && arrays.get(2).length != m * n)) {
      return Optional.empty();
    }
    double[] w = aimed ? arrays.get(2) : elements(stored);
    return Optional.of(new OutputBasis(m, n, w, aimed, arrays.get(0), arrays.get(1)));
  }

  /** Returns the elements of a stored matrix, row-major. */
  static double[] elements(Matrix stored) {
    int m = stored.rows();
    int n = stored.cols();
    double[] w = new double[Math.multiplyExact(m, n)];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        w[i * n + j] = stored.get(i, j);
      }
    }
    return w;
  }

  /** Returns the bytes of {@link #arrays} of a matrix [m, n]. */
  static long storedBytes(int m, int n, boolean aimed) {
    long vectors = (long) m * Math.min(m, n);
    return (vectors + Math.min(m, n) + (aimed ? (long) m * n : 0)) * Double.BYTES;
  }

  /** Returns the lower factor L of {@code L Lᵀ = H}, as {@code H L⁻ᵀ}. */
  private static double[] cholesky(double[] h, int n, MatrixOps ops) {
    return ops.product(h, n, n, transposed(inverseFactor(h, n, ops), n, n), n);
  }

  /** Returns {@code H⁻¹}, [n, n], of a positive definite H. */
  static double[] inverse(double[] h, int n, MatrixOps ops) {
    double[] factor = inverseFactor(h, n, ops);
    return ops.product(transposed(factor, n, n), n, n, factor, n);
  }

  /** Returns {@code L⁻¹}; the diagonal is brought to 1 first, as {@code inverseCholesky} wants. */
  private static double[] inverseFactor(double[] h, int n, MatrixOps ops) {
    double[] scales = new double[n];
    for (int i = 0; i < n; i++) {
      scales[i] = 1 / Math.sqrt(h[i * n + i]);
    }
    double[] unit = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        unit[i * n + j] = h[i * n + j] * scales[i] * scales[j];
      }
    }
    double[] inverse =
        ops.inverseCholesky(unit, n)
            .orElseThrow(() -> new ArithmeticException("a second moment that is not definite"));
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        inverse[i * n + j] *= scales[j];
      }
    }
    return inverse;
  }

  /** Returns {@code U_k} [m, k] and {@code U_kᵀ W} [k, n], rounded to float32 once. */
  Replacement.FactorPair truncated(int k, MatrixOps ops) {
    int rank = Math.min(k, vectors.length / m);
    if (rank == 0) {
      return new Replacement.FactorPair(allocate(m, 1), allocate(1, n));
    }
    double[] kept = Arrays.copyOf(vectors, rank * m);
    double[] right = ops.product(kept, rank, m, w, n);
    Matrix left = allocate(m, rank);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < rank; j++) {
        left.data().setAtIndex(FLOAT, (long) i * rank + j, (float) kept[j * m + i]);
      }
    }
    Matrix rows = allocate(rank, n);
    for (int i = 0; i < right.length; i++) {
      rows.data().setAtIndex(FLOAT, i, (float) right[i]);
    }
    return new Replacement.FactorPair(left, rows);
  }

  /**
   * Returns the root of the share of the eigenvalues after the first k: {@code ‖W X − W' X‖ / ‖W
   * X‖}.
   */
  double error(int k) {
    double all = 0;
    double tail = 0;
    for (int i = values.length - 1; i >= 0; i--) {
      double value = Math.max(0, values[i]); // rounding may leave a negative one
      all += value;
      tail = i == k ? all : tail;
    }
    return all == 0 ? 0 : Math.sqrt(tail / all);
  }

  /** Returns the bytes that it takes. */
  long bytes() {
    return (long) (w.length + vectors.length + values.length) * Double.BYTES;
  }

  private static Matrix allocate(int rows, int cols) {
    MemorySegment memory = Arena.ofAuto().allocate((long) rows * cols * Float.BYTES, 64);
    return Matrix.rowMajor(memory, DType.F32, rows, cols);
  }

  static double[] transposed(double[] a, int rows, int cols) {
    double[] t = new double[a.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        t[j * rows + i] = a[i * cols + j];
      }
    }
    return t;
  }
}
