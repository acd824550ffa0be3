package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.stream.IntStream;
import rankine.kernels.EigenDecomposition;

/**
 * Eigenvalues and eigenvectors of small symmetric matrices, by {@link JacobiKernel}. One-sided
 * Jacobi cannot distinguish λ from -λ, so the Frobenius norm is first added to the diagonal, which
 * makes all eigenvalues non-negative.
 */
final class SmallEigen {
  private SmallEigen() {}

  /** Decomposes G [n, n], n at most {@link JacobiKernel#MAX_ROWS}, with that kernel's graph. */
  static EigenDecomposition of(double[] g, int n, Device device, Graph jacobi) {
    double squares = 0;
    for (double element : g) {
      squares += element * element;
    }
    double shift = Math.sqrt(squares);
    double[] moved = g.clone();
    for (int i = 0; i < n; i++) {
      moved[i * n + i] += shift;
    }
    device.transfers().sendDoubles(device, MemorySegment.ofArray(moved), 0);
    device.control(JacobiKernel.ROWS, n);
    jacobi.groups(0, 1);
    device.run(jacobi);
    double[] both = new double[2 * n * n];
    device.transfers().fetchDoubles(device, 0, MemorySegment.ofArray(both));
    // Row i of R G is λ times row i of R.
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      for (int e = 0; e < n; e++) {
        values[i] += both[e * n + i] * both[n * n + e * n + i];
      }
      values[i] -= shift;
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] sorted = new double[n];
    double[] vectors = new double[n * n];
    for (int i = 0; i < n; i++) {
      sorted[i] = values[order[i]];
      for (int e = 0; e < n; e++) {
        vectors[i * n + e] = both[n * n + e * n + order[i]];
      }
    }
    return new EigenDecomposition(sorted, vectors);
  }
}
