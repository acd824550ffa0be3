package rankine.engine.profile;

import java.util.List;
import rankine.kernels.DType;

/**
 * A kernel to time: one matrix product, or a chain of products.
 *
 * @param operands the matrices in order; the input features of each are the output features of the
 *     previous one
 * @param rows rows of the activations
 */
record TimedKernel(List<KernelOperand> operands, int rows) {
  /**
   * Shape, type and layout of a matrix [m, n].
   *
   * @param rowContiguous whether rows are contiguous; otherwise columns
   */
  record KernelOperand(int m, int n, DType dtype, boolean rowContiguous) {
    /** Returns the operand of an edited matrix: float32, row-contiguous. */
    static KernelOperand edited(int m, int n) {
      return new KernelOperand(m, n, DType.F32, true);
    }

    long bytes() {
      return (long) m * n * dtype.bytes();
    }
  }

  TimedKernel {
    operands = List.copyOf(operands);
  }

  static TimedKernel of(KernelOperand operand, int rows) {
    return new TimedKernel(List.of(operand), rows);
  }

  /** Returns the two thin products for a matrix [m, n] at a rank. */
  static TimedKernel factored(int m, int n, int rank, int rows) {
    return new TimedKernel(
        List.of(KernelOperand.edited(rank, n), KernelOperand.edited(m, rank)), rows);
  }

  KernelCost cost() {
    return operands.stream()
        .map(operand -> KernelCost.linear(rows, operand.m, operand.n, operand.dtype))
        .reduce(new KernelCost(0, 0), KernelCost::plus);
  }
}
