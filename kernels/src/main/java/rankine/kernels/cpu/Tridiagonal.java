package rankine.kernels.cpu;

import java.util.stream.IntStream;
import rankine.kernels.EigenDecomposition;

/**
 * The reduction of a symmetric matrix G to tridiagonal form, {@code G = Q T Qᵀ}, by Householder
 * reflections (Golub and Van Loan, Matrix Computations, 8.3.1).
 *
 * <p>The update of one step and the product of the next read the same matrix: one pass does both,
 * so the matrix moves through the caches once per step.
 *
 * @param diagonal [n]
 * @param below [n], element i couples i and i + 1; the last is 0
 * @param reflectors row k is the vector of reflection k, zeros up to element k, [n][stride]
 * @param factors β of each reflection, [n]
 */
record Tridiagonal(
    double[] diagonal, double[] below, double[] reflectors, double[] factors, int stride) {
  /** Rows per task. */
  private static final int ROWS = 32;

  /** Reflections applied to Q as one block. */
  private static final int BLOCK = 64;

  /** Row stride: an odd number of cache lines, so that rows fall on all sets of a cache. */
  static int stride(int n) {
    int lines = Math.ceilDiv(n, 8);
    return 8 * (lines | 1);
  }

  /**
   * Eigenvalues and eigenvectors of a symmetric matrix: reduction, then {@link TridiagonalEigen}.
   * Every step is backward stable, so the errors are a small multiple of {@code 2^-53 ‖G‖}.
   *
   * @param g [n, n]
   */
  static EigenDecomposition eigen(
      double[] g, int n, Float64Kernels kernels, Float64Gemm product, Workers workers) {
    int stride = Tridiagonal.stride(n);
    double[] a = new double[Math.multiplyExact(n, stride)];
    double largest = 0;
    for (double value : g) {
      largest = Math.max(largest, Math.abs(value));
    }
    if (!Double.isFinite(largest)) {
      throw new IllegalArgumentException("eigenvalues: expected a finite matrix, found " + largest);
    }
    // A power of two near the largest element: scaling by it is exact, and the square of no element
    // that matters leaves the range of float64.
    double scale = largest == 0 ? 1 : Math.scalb(1.0, Math.getExponent(largest));
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i * stride + j] = g[i * n + j] / scale;
      }
    }
    Tridiagonal t = reduce(a, n, stride, kernels, workers);
    TridiagonalEigen.TridiagonalResult ofT = TridiagonalEigen.solve(t, product, workers);
    double[] rows = ofT.vectors();
    t.backTransform(rows, product);
    double[] values = ofT.values();
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted((i, j) -> Double.compare(values[j], values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] sorted = new double[n];
    double[] vectors = new double[n * n];
    for (int i = 0; i < n; i++) {
      sorted[i] = values[order[i]] * scale;
      System.arraycopy(rows, order[i] * stride, vectors, i * n, n);
    }
    return new EigenDecomposition(sorted, vectors);
  }

  /**
   * Reduces a matrix.
   *
   * @param a [n][stride], symmetric; overwritten, and part of the result
   */
  private static Tridiagonal reduce(
      double[] a, int n, int stride, Float64Kernels kernels, Workers workers) {
    double[] diagonal = new double[n];
    double[] below = new double[n];
    double[] factors = new double[n];
    double[] v = new double[stride];
    double[] w = new double[stride];
    double[] y = new double[stride];
    for (int k = 0; k < n; k++) {
      int row = k * stride;
      for (int j = k; j < n; j++) {
        a[row + j] -= v[k] * w[j] + w[k] * v[j];
      }
      diagonal[k] = a[row + k];
      if (k == n - 1) {
        break;
      }
      double[] next = new double[stride];
      factors[k] = reflector(a, row, k + 1, n, next, below, k);
      int first = k + 1;
      int from = first / kernels.align() * kernels.align();
      double[] lastV = v;
      double[] lastW = w;
      workers.run(
          Math.ceilDiv(n - first, ROWS),
          (worker, block) -> {
            int start = first + block * ROWS;
            kernels.updateAndMultiply(
                a, stride, start, Math.min(n, start + ROWS), from, stride, lastV, lastW, next, y);
          });
      double beta = factors[k];
      double dot = 0;
      for (int j = first; j < n; j++) {
        dot += y[j] * next[j];
      }
      double[] nextW = new double[stride];
      for (int j = first; j < n; j++) {
        nextW[j] = beta * (y[j] - 0.5 * beta * dot * next[j]);
      }
      // Row k is complete: it stores the reflector.
      System.arraycopy(next, 0, a, row, stride);
      v = next;
      w = nextW;
    }
    return new Tridiagonal(diagonal, below, a, factors, stride);
  }

  /**
   * The reflection {@code I - β v vᵀ} that maps x, elements {@code from} to n of a row, to a
   * multiple of its first unit vector, which goes to {@code below[k]}.
   *
   * @return β
   */
  private static double reflector(
      double[] a, int row, int from, int n, double[] v, double[] below, int k) {
    double rest = 0;
    for (int j = from + 1; j < n; j++) {
      rest += a[row + j] * a[row + j];
    }
    double head = a[row + from];
    if (rest == 0) {
      below[k] = head;
      return 0;
    }
    double norm = Math.sqrt(head * head + rest);
    below[k] = head > 0 ? -norm : norm;
    System.arraycopy(a, row + from, v, from, n - from);
    v[from] = head - below[k];
    return 2 / (v[from] * v[from] + rest);
  }

  /**
   * Transforms eigenvectors of T to those of G: multiplies rows by Qᵀ, the last block of
   * reflections first, in the compact form {@code I - Vᵀ T V} of Schreiber and Van Loan (1989); V
   * has a reflector per row.
   *
   * @param rows [n][stride]
   */
  private void backTransform(double[] rows, Float64Gemm product) {
    int n = diagonal.length;
    for (int k = (n - 1) / BLOCK * BLOCK; k >= 0; k -= BLOCK) {
      int count = Math.min(BLOCK, n - 1 - k);
      if (count <= 0) {
        continue;
      }
      int size = n - k - 1;
      Float64Operand v =
          new Float64Operand.Doubles(reflectors, k * stride + k + 1, stride, count, size);
      double[] negatedT = compact(product.gram(v), factors, k, count);
      Float64Operand part = new Float64Operand.Doubles(rows, k + 1, stride, n, size);
      double[] left = new double[n * count];
      product.add(part, v.transposed(), left, 0, count);
      double[] middle = new double[n * count];
      product.add(
          Float64Operand.of(left, n, count),
          Float64Operand.of(negatedT, count, count).transposed(),
          middle,
          0,
          count);
      product.add(Float64Operand.of(middle, n, count), v, rows, k + 1, stride);
    }
  }

  /**
   * -T, upper triangular, from the products of the reflectors: one more reflection adds the column
   * {@code -β T Vᵀv} and the corner β to T.
   */
  private static double[] compact(double[] products, double[] factors, int k, int count) {
    double[] negated = new double[count * count];
    for (int j = 0; j < count; j++) {
      double beta = factors[k + j];
      for (int i = 0; i < j; i++) {
        double sum = 0;
        for (int l = i; l < j; l++) {
          sum += negated[i * count + l] * products[l * count + j];
        }
        negated[i * count + j] = -beta * sum;
      }
      negated[j * count + j] = -beta;
    }
    return negated;
  }
}
