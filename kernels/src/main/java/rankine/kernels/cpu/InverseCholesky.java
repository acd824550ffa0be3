package rankine.kernels.cpu;

import java.util.Optional;
import rankine.kernels.MatrixOps;

/**
 * {@code L⁻¹} of {@code G = L Lᵀ}; both factors are computed row by row. Recursive halving: the
 * contribution of the upper half of the rows to the lower half is a matrix product, down to blocks
 * of a few rows.
 */
final class InverseCholesky {
  /** Rows of a block that is not halved. */
  private static final int BLOCK = 32;

  private final int n;

  /** The matrix of the caller, overwritten by Lᵀ above the diagonal. */
  private final double[] upper;

  private final double[] inverse;
  private final Float64Kernels kernels;
  private final Float64Gemm product;
  private final double[] factors = new double[BLOCK];

  private InverseCholesky(double[] g, int n, Float64Kernels kernels, Float64Gemm product) {
    this.n = n;
    this.upper = g;
    this.inverse = new double[n * n];
    this.kernels = kernels;
    this.product = product;
  }

  /** Computes {@link MatrixOps#inverseCholesky}. */
  static Optional<double[]> of(double[] g, int n, Float64Kernels kernels, Float64Gemm product) {
    InverseCholesky factors = new InverseCholesky(g, n, kernels, product);
    return factors.rows(0, n) ? Optional.of(factors.inverse) : Optional.empty();
  }

  /**
   * Computes rows {@code from} to {@code from + count} of both factors; the contributions of
   * earlier rows are already subtracted.
   *
   * @return whether all of their pivots are above {@link MatrixOps#DEPENDENT}
   */
  private boolean rows(int from, int count) {
    if (count > BLOCK) {
      int half = Math.ceilDiv(count, 2 * BLOCK) * BLOCK;
      if (!rows(from, half)) {
        return false;
      }
      subtract(from, half, count - half);
      return rows(from + half, count - half);
    }
    for (int i = from; i < from + count; i++) {
      if (!row(from, i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Subtracts the contribution of {@code done} rows from {@code from} on from the {@code count}
   * after them.
   */
  private void subtract(int from, int done, int count) {
    int next = from + done;
    double[] negated = new double[count * done];
    for (int k = 0; k < done; k++) {
      for (int i = 0; i < count; i++) {
        negated[i * done + k] = -upper[(from + k) * n + next + i];
      }
    }
    Float64Operand left = Float64Operand.of(negated, count, done);
    Float64Operand above = new Float64Operand.Doubles(upper, from * n + next, n, done, n - next);
    product.add(left, above, upper, next * n + next, n);
    Float64Operand inverted = new Float64Operand.Doubles(inverse, from * n, n, done, next);
    product.add(left, inverted, inverse, next * n, n);
  }

  /**
   * Computes row i of both factors, whose block begins at {@code from}.
   *
   * @return whether its pivot is above {@link MatrixOps#DEPENDENT}
   */
  private boolean row(int from, int i) {
    int count = i - from;
    for (int k = 0; k < count; k++) {
      factors[k] = upper[(from + k) * n + i];
    }
    kernels.subtractRows(upper, i * n + i, factors, count, from * n + i, n, n - i);
    inverse[i * n + i] = 1;
    kernels.subtractRows(inverse, i * n, factors, count, from * n, n, i);
    double pivot = upper[i * n + i];
    if (!(pivot > MatrixOps.DEPENDENT)) {
      return false;
    }
    double root = Math.sqrt(pivot);
    for (int j = i; j < n; j++) {
      upper[i * n + j] /= root;
    }
    for (int j = 0; j <= i; j++) {
      inverse[i * n + j] /= root;
    }
    return true;
  }
}
