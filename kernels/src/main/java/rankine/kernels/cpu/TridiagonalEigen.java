package rankine.kernels.cpu;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen
 * 1981; Gu and Eisenstat 1995). Removing one coupling splits the matrix into two blocks, in whose
 * eigenvectors the whole is a diagonal matrix plus one of rank one ({@link RankOneUpdate}); small
 * blocks take the QL iteration with implicit shifts (Dubrulle, Martin and Wilkinson 1968; Golub and
 * Van Loan, 8.3.3). Nearly all of the work is matrix products, and there is less of it the more
 * eigenvalues are close together.
 */
final class TridiagonalEigen {
  /** Rows of a matrix that is not divided. */
  private static final int BASE_ROWS = 32;

  /** Sweeps of the QL iteration per eigenvalue at most; two are usual. */
  private static final int MAX_SWEEPS = 60;

  /** Couplings below this fraction of the largest element are zero up to rounding. */
  private static final double NEGLIGIBLE = 0x1p-53;

  /** The blocks in which an eigenvector is not zero: the upper one, both, or the lower one. */
  private static final int UPPER = 0;

  private static final int BOTH = 1;
  private static final int LOWER = 2;

  /** The diagonal; of a block that is solved its eigenvalues. */
  private final double[] values;

  private final double[] below;
  private final double[] vectors;
  private final int stride;
  private final Float64Gemm product;
  private final Workers workers;

  private TridiagonalEigen(Tridiagonal t, Float64Gemm product, Workers workers) {
    this.values = t.diagonal().clone();
    this.below = t.below().clone();
    this.stride = t.stride();
    this.vectors = new double[values.length * stride];
    this.product = product;
    this.workers = workers;
  }

  /**
   * Eigenvalues in no order, and an eigenvector per row.
   *
   * @param values [n]
   * @param vectors [n][stride of the matrix]
   */
  record TridiagonalResult(double[] values, double[] vectors) {}

  static TridiagonalResult solve(Tridiagonal t, Float64Gemm product, Workers workers) {
    TridiagonalEigen eigen = new TridiagonalEigen(t, product, workers);
    eigen.solve(0, t.diagonal().length);
    return new TridiagonalResult(eigen.values, eigen.vectors);
  }

  /** Solves the block of rows {@code from} to {@code to}. */
  private void solve(int from, int to) {
    if (to - from <= BASE_ROWS) {
      baseCase(from, to);
      return;
    }
    int middle = (from + to) / 2;
    double coupling = below[middle - 1];
    values[middle - 1] -= Math.abs(coupling);
    values[middle] -= Math.abs(coupling);
    solve(from, middle);
    solve(middle, to);
    if (coupling != 0) {
      merge(from, middle, to, coupling);
    }
  }

  private void baseCase(int from, int to) {
    below[to - 1] = 0;
    for (int i = from; i < to; i++) {
      vectors[i * stride + i] = 1;
    }
    for (int l = from; l < to; l++) {
      isolate(l, from, to);
    }
  }

  /** Sweeps until element l of the block is an eigenvalue. */
  private void isolate(int l, int from, int to) {
    double largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.max(Math.abs(values[i]), Math.abs(below[i])));
    }
    for (int count = 0; ; count++) {
      int m = l;
      while (m < to - 1 && Math.abs(below[m]) > NEGLIGIBLE * largest) {
        m++;
      }
      if (m == l) {
        return;
      }
      if (count == MAX_SWEEPS) {
        throw new ArithmeticException(
            "eigenvalue %d of %d: expected to converge in %d sweeps, found a coupling of %g"
                .formatted(l, values.length, MAX_SWEEPS, below[l]));
      }
      sweep(l, m, from, to);
    }
  }

  /** One sweep of plane rotations over the unreduced rows l to m, from m to l. */
  private void sweep(int l, int m, int from, int to) {
    double[] d = values;
    double[] e = below;
    // Wilkinson's shift: the eigenvalue of the first two rows that is nearest to d[l].
    double half = (d[l + 1] - d[l]) / (2 * e[l]);
    double root = Math.sqrt(half * half + 1);
    double g = d[m] - d[l] + e[l] / (half + Math.copySign(root, half));
    double s = 1;
    double c = 1;
    double p = 0;
    int i = m - 1;
    for (; i >= l; i--) {
      double f = s * e[i];
      double b = c * e[i];
      double r = Math.sqrt(f * f + g * g);
      e[i + 1] = r;
      if (r == 0) {
        // The block splits here: the rotations so far are valid, the rest is for a later sweep.
        d[i + 1] -= p;
        break;
      }
      s = f / r;
      c = g / r;
      g = d[i + 1] - p;
      double t = (d[i] - g) * s + 2 * c * b;
      p = s * t;
      d[i + 1] = g + p;
      g = c * t - b;
      rotateNeighbours(i * stride + from, to - from, c, s);
    }
    if (i < l) {
      d[l] -= p;
      e[l] = g;
    }
    e[m] = 0;
  }

  /**
   * {@code row(i), row(i + 1) = c row(i) - s row(i + 1), s row(i) + c row(i + 1)}, n elements from
   * {@code at} in row i on.
   */
  private void rotateNeighbours(int at, int n, double c, double s) {
    for (int k = at; k < at + n; k++) {
      double x = vectors[k];
      double y = vectors[k + stride];
      vectors[k] = Math.fma(-s, y, c * x);
      vectors[k + stride] = Math.fma(s, x, c * y);
    }
  }

  /** Merges two blocks whose eigenvectors are known, given the coupling between them. */
  private void merge(int from, int middle, int to, double coupling) {
    int n = to - from;
    double[] z = new double[n];
    int[] half = new int[n];
    for (int i = 0; i < n; i++) {
      boolean upper = from + i < middle;
      half[i] = upper ? UPPER : LOWER;
      double end = vectors[(from + i) * stride + (upper ? middle - 1 : middle)];
      // z has unit length; the lower half carries the sign of the coupling.
      z[i] = Math.sqrt(0.5) * (upper ? end : Math.copySign(1, coupling) * end);
    }
    double[] d = Arrays.copyOfRange(values, from, to);
    RankOneUpdate update = new RankOneUpdate(d, z, 2 * Math.abs(coupling));
    update.deflate(
        (i, j, c, s) -> {
          rotate(from + i, from + j, from, n, c, s);
          if (half[i] != half[j]) {
            half[j] = BOTH;
          }
        });
    int[] kept = update.kept();
    if (kept.length > 0) {
      // Grouped by block (upper, both, lower), so that zeros are not multiplied.
      int[] grouped =
          IntStream.of(UPPER, BOTH, LOWER)
              .flatMap(h -> Arrays.stream(kept).filter(i -> half[i] == h))
              .toArray();
      int uppers = (int) Arrays.stream(kept).filter(i -> half[i] == UPPER).count();
      int lowers = (int) Arrays.stream(kept).filter(i -> half[i] == LOWER).count();
      double[] combination = update.vectors(grouped, workers);
      double[] rows = new double[grouped.length * n];
      for (int k = 0; k < grouped.length; k++) {
        System.arraycopy(vectors, (from + grouped[k]) * stride + from, rows, k * n, n);
      }
      double[] combined = new double[grouped.length * n];
      int size = kept.length;
      int split = middle - from;
      product.add(
          new Float64Operand.Doubles(combination, 0, size, size, size - lowers),
          new Float64Operand.Doubles(rows, 0, n, size - lowers, split),
          combined,
          0,
          n);
      product.add(
          new Float64Operand.Doubles(combination, uppers, size, size, size - uppers),
          new Float64Operand.Doubles(rows, uppers * n + split, n, size - uppers, n - split),
          combined,
          split,
          n);
      for (int k = 0; k < size; k++) {
        System.arraycopy(combined, k * n, vectors, (from + kept[k]) * stride + from, n);
      }
    }
    System.arraycopy(d, 0, values, from, n);
  }

  /** {@code row(i), row(j) = c row(i) + s row(j), c row(j) - s row(i)}, n elements of each. */
  private void rotate(int i, int j, int from, int n, double c, double s) {
    int a = i * stride + from;
    int b = j * stride + from;
    for (int k = 0; k < n; k++) {
      double x = vectors[a + k];
      double y = vectors[b + k];
      vectors[a + k] = c * x + s * y;
      vectors[b + k] = c * y - s * x;
    }
  }
}
