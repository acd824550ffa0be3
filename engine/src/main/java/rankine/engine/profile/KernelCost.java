package rankine.engine.profile;

import rankine.kernels.DType;

/**
 * What a kernel has to do, by arithmetic.
 *
 * @param flops a multiplication and an addition count as two
 * @param bytes of weights and activations, each read or written once: the least that has to be
 *     moved
 */
public record KernelCost(long flops, long bytes) {

  /**
   * Of a product {@code Y = X Wᵀ}: {@code 2 · rows · m · n} operations; W in its stored type, X and
   * Y in float32.
   *
   * @param rows of X
   * @param m rows of W: output features
   * @param n columns of W: input features
   */
  public static KernelCost linear(long rows, long m, long n, DType weights) {
    return new KernelCost(2 * rows * m * n, m * n * weights.bytes() + rows * (m + n) * Float.BYTES);
  }

  /** Of two kernels, one after the other. */
  public KernelCost plus(KernelCost other) {
    return new KernelCost(flops + other.flops, bytes + other.bytes);
  }

  /** Arithmetic intensity: operations a byte. */
  public double intensity() {
    return (double) flops / bytes;
  }
}
