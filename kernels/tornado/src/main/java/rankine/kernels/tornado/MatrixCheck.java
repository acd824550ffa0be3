package rankine.kernels.tornado;

import java.util.Arrays;
import java.util.List;
import rankine.common.BackendException;
import rankine.kernels.Backend;
import rankine.kernels.DenseMatrix;
import rankine.kernels.Gaussian;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/** The self-check of the matrix kernels: see {@link SelfCheck}. */
final class MatrixCheck {
  /** The ranks of the checks: more than one tile each, and more than one work-item a row. */
  private static final List<Integer> RANKS = List.of(19, 300);

  /** Relative to the largest value: float32 sums differ in order, and some are near zero. */
  private static final double TOLERANCE = 1e-5;

  /** The result of one operation. */
  private record MatrixCheckResult(String name, double[] values) {}

  private MatrixCheck() {}

  /**
   * Runs all checks.
   *
   * @throws BackendException for the first kernel whose result differs from the oracle's
   */
  static void run(Backend device, MatrixOps ops, Backend oracle) {
    for (int rank : RANKS) {
      run(rank, device, ops, oracle);
    }
  }

  private static void run(int rank, Backend device, MatrixOps ops, Backend oracle) {
    List<MatrixCheckResult> found = results(rank, device, ops);
    List<MatrixCheckResult> expected = results(rank, oracle, oracle.matrices());
    for (int i = 0; i < found.size(); i++) {
      double largest = Arrays.stream(expected.get(i).values).map(Math::abs).max().orElseThrow();
      for (int j = 0; j < expected.get(i).values.length; j++) {
        double right = expected.get(i).values[j];
        double value = found.get(i).values[j];
        if (!(Math.abs(right - value) <= TOLERANCE * largest)) {
          throw new BackendException(
              "kernel %s on %s: element %d: expected %s, found %s"
                  .formatted(found.get(i).name, device.description(), j, right, value));
        }
      }
    }
  }

  private static List<MatrixCheckResult> results(int rows, Backend backend, MatrixOps ops) {
    int cols = 2 * rows + 5; // well conditioned
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = Gaussian.at(3, i / cols, i % cols);
    }
    Weight a = backend.matrix(Matrix.of(values, rows, cols));
    double[] c = new double[3 * rows];
    Arrays.setAll(c, i -> Gaussian.at(4, i / rows, i % rows));
    double[] gram = ops.gram(a);
    try (DenseMatrix copy = ops.copy(a, 0.5f);
        DenseMatrix field = ops.gaussian(5, cols, 77);
        DenseMatrix right = ops.timesTransposed(field, a);
        DenseMatrix back = ops.times(right, a);
        DenseMatrix combined = ops.combine(c, 3, a);
        DenseMatrix stacked = ops.stack(List.of(field, combined));
        DenseMatrix basis = ops.choleskyPass(copy, 0).basis().orElseThrow()) {
      return List.of(
          new MatrixCheckResult("gram", gram),
          result("copy", copy, ops),
          result("gaussian", field, ops),
          result("linear, row-major", right, ops),
          result("linear, column-major", back, ops),
          result("combine", combined, ops),
          result("copy, stacked", stacked, ops),
          new MatrixCheckResult("squares", new double[] {ops.squaredNorm(a)}),
          result("cholesky", basis, ops),
          new MatrixCheckResult("jacobi", ops.eigen(gram, rows).values()));
    }
  }

  private static MatrixCheckResult result(String name, DenseMatrix matrix, MatrixOps ops) {
    Matrix values = ops.download(matrix);
    double[] flat = new double[matrix.rows() * matrix.cols()];
    Arrays.setAll(flat, i -> values.get(i / matrix.cols(), i % matrix.cols()));
    return new MatrixCheckResult(name, flat);
  }
}
