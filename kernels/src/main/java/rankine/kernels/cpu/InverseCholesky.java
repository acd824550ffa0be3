package rankine.kernels.cpu;

import java.util.Optional;
import rankine.kernels.MatrixOps;

/**
 * {@code L⁻¹} of {@code G = L Lᵀ}, a block of rows at a time: what earlier blocks take from both
 * factors is a matrix product, what is left is within the block.
 */
final class InverseCholesky {
  private static final int BLOCK = 32;

  private final int n;

  /** Becomes Lᵀ above the diagonal. */
  private final double[] upper;

  private final double[] inverse;
  private final Float64Kernels kernels;
  private final Float64Product product;
  private final double[] factors = new double[BLOCK];

  private InverseCholesky(double[] g, int n, Float64Kernels kernels, Float64Product product) {
    this.n = n;
    this.upper = g.clone();
    this.inverse = new double[n * n];
    this.kernels = kernels;
    this.product = product;
  }

  /** As {@link MatrixOps#inverseCholesky}. */
  static Optional<double[]> of(double[] g, int n, Float64Kernels kernels, Float64Product product) {
    InverseCholesky factors = new InverseCholesky(g, n, kernels, product);
    for (int from = 0; from < n; from += BLOCK) {
      int count = Math.min(BLOCK, n - from);
      factors.subtractEarlier(from, count);
      for (int i = from; i < from + count; i++) {
        if (!factors.row(from, i)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(factors.inverse);
  }

  /** Takes the rows before the block from it. */
  private void subtractEarlier(int from, int count) {
    if (from == 0) {
      return;
    }
    double[] negated = new double[count * from];
    for (int k = 0; k < from; k++) {
      for (int i = 0; i < count; i++) {
        negated[i * from + k] = -upper[k * n + from + i];
      }
    }
    Operand left = new Operand.Doubles(negated, 0, from, count, from);
    Operand above = new Operand.Doubles(upper, from, n, from, n - from);
    product.add(left, above, upper, from * n + from, n);
    product.add(left, new Operand.Doubles(inverse, 0, n, from, from), inverse, from * n, n);
  }

  /**
   * Row i of both factors, whose block begins at {@code from}.
   *
   * @return whether the pivot is one
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
