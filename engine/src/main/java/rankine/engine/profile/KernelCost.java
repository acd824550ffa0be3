package rankine.engine.profile;

import rankine.kernels.DType;

/**
 * The operation and byte count of a kernel.
 *
 * @param flops floating-point operations; a multiply-add counts as two
 * @param bytes minimum traffic: weights and activations, each read or written once
 */
public record KernelCost(long flops, long bytes) {
  /** Bytes per second of a processor's memory, for estimates. */
  private static final double MEMORY = 10e9;

  /**
   * Returns the cost of a product {@code Y = X Wᵀ}: {@code 2 · rows · m · n} operations; W in its
   * stored type, X and Y in float32.
   *
   * @param rows of X
   * @param m rows of W: output features
   * @param n columns of W: input features
   */
  public static KernelCost linear(long rows, long m, long n, DType weights) {
    return new KernelCost(2 * rows * m * n, m * n * weights.bytes() + rows * (m + n) * Float.BYTES);
  }

  /** Returns the cost of two kernels in sequence. */
  public KernelCost plus(KernelCost other) {
    return new KernelCost(flops + other.flops, bytes + other.bytes);
  }

  /**
   * Returns about how many seconds it takes.
   *
   * @param speed flops per second where memory is no limit
   */
  double seconds(double speed) {
    return Math.max(flops / speed, bytes / MEMORY);
  }

  /** Returns the arithmetic intensity: operations per byte. */
  public double intensity() {
    return (double) flops / bytes;
  }
}
