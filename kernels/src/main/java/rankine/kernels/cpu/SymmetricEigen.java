package rankine.kernels.cpu;

import java.util.stream.IntStream;
import rankine.kernels.EigenDecomposition;

/**
 * Eigenvalues and eigenvectors of a symmetric float64 matrix: tridiagonal reduction, then divide
 * and conquer. Every step is backward stable, so the errors are a small multiple of {@code 2^-53
 * ‖G‖}.
 */
final class SymmetricEigen {
  private SymmetricEigen() {}

  static EigenDecomposition of(
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
    Tridiagonal t = Tridiagonal.reduce(a, n, stride, kernels, workers);
    TridiagonalEigen.TridiagonalResult ofT = TridiagonalEigen.solve(t, kernels, product, workers);
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
}
