package rankine.engine.profile;

import java.util.List;
import rankine.kernels.DType;

/**
 * Something to be timed: one product with a matrix, or several, each with the result of the one
 * before.
 *
 * @param parts in order; each takes as many features as the one before gives
 * @param rows of the activations
 */
record TimedKernel(List<KernelOperand> parts, int rows) {
  /**
   * A matrix [m, n] as it is stored.
   *
   * @param rowContiguous whether rows are contiguous; otherwise columns are
   */
  record KernelOperand(int m, int n, DType dtype, boolean rowContiguous) {
    /** As edits make them: float32, rows contiguous. */
    static KernelOperand edited(int m, int n) {
      return new KernelOperand(m, n, DType.F32, true);
    }

    long bytes() {
      return (long) m * n * dtype.bytes();
    }
  }

  TimedKernel {
    parts = List.copyOf(parts);
  }

  static TimedKernel of(KernelOperand part, int rows) {
    return new TimedKernel(List.of(part), rows);
  }

  /** The two thin products of a matrix of that shape at a rank. */
  static TimedKernel factored(int m, int n, int rank, int rows) {
    return new TimedKernel(
        List.of(KernelOperand.edited(rank, n), KernelOperand.edited(m, rank)), rows);
  }

  KernelCost cost() {
    return parts.stream()
        .map(part -> KernelCost.linear(rows, part.m, part.n, part.dtype))
        .reduce(new KernelCost(0, 0), KernelCost::plus);
  }
}
