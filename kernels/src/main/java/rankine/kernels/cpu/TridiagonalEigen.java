package rankine.kernels.cpu;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen
 * 1981; Gu and Eisenstat 1995). Removing one coupling splits the matrix into two blocks, in whose
 * eigenvectors the whole is a diagonal matrix plus one of rank one ({@link RankOneUpdate}); small
 * blocks go to {@link ImplicitQl}. Nearly all of the work is matrix products, and there is less of
 * it the more eigenvalues are close together.
 */
final class TridiagonalEigen {
  /** Rows of a matrix that is not divided. */
  private static final int BASE_ROWS = 32;

  /** The blocks in which an eigenvector is not zero: the upper one, both, or the lower one. */
  private static final int UPPER = 0;

  private static final int BOTH = 1;
  private static final int LOWER = 2;

  private final double[] diagonal;
  private final double[] below;
  private final double[] values;
  private final double[] vectors;
  private final int stride;
  private final Float64Kernels kernels;
  private final Float64Gemm product;
  private final Workers workers;

  private TridiagonalEigen(
      Tridiagonal t, Float64Kernels kernels, Float64Gemm product, Workers workers) {
    int n = t.diagonal().length;
    this.diagonal = t.diagonal().clone();
    this.below = t.below();
    this.values = new double[n];
    this.stride = t.stride();
    this.vectors = new double[n * stride];
    this.kernels = kernels;
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

  static TridiagonalResult solve(
      Tridiagonal t, Float64Kernels kernels, Float64Gemm product, Workers workers) {
    TridiagonalEigen eigen = new TridiagonalEigen(t, kernels, product, workers);
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
    diagonal[middle - 1] -= Math.abs(coupling);
    diagonal[middle] -= Math.abs(coupling);
    solve(from, middle);
    solve(middle, to);
    if (coupling != 0) {
      merge(from, middle, to, coupling);
    }
  }

  private void baseCase(int from, int to) {
    int n = to - from;
    int width = Tridiagonal.stride(n);
    double[] rows = new double[n * width];
    for (int i = 0; i < n; i++) {
      rows[i * width + i] = 1;
    }
    double[] couplings = Arrays.copyOfRange(below, from, to);
    couplings[n - 1] = 0;
    double[] found =
        new ImplicitQl(
                Arrays.copyOfRange(diagonal, from, to), couplings, rows, width, kernels, workers)
            .solve();
    System.arraycopy(found, 0, values, from, n);
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows, i * width, vectors, (from + i) * stride + from, n);
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
