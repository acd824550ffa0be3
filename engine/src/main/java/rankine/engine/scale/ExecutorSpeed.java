package rankine.engine.scale;

/**
 * How fast one executor is.
 *
 * @param forward flops per second of a prefill, all layers and overheads together
 * @param decomposition flops per second of an exact decomposition, as {@link GridCost.TargetCost}
 *     counts them
 * @param bytes per second of reading and hashing a checkpoint
 * @param start seconds from the request of an executor to its first work
 */
public record ExecutorSpeed(double forward, double decomposition, double bytes, double start) {
  /** Seconds that a process loses in its first calls. */
  public static final double COMPILATION = 5;

  /**
   * The speed of a processor core, measured on two cores with AVX-512: a prefill of 942 tokens per
   * second by a GPT-J of 85 million weights per token in its layers (benchmarks/RESULTS.md), 2.69
   * decompositions a second of a matrix [1024, 4096] (benchmarks/svd/RESULTS.md). Hashing is
   * limited to 1 GB/s.
   *
   * @param cores of the executor; the forward pass is taken to scale with them
   */
  public static ExecutorSpeed measured(int cores) {
    double layersWeights = 85e6;
    double forward = 942 * 2 * layersWeights / 2;
    double decomposition = 2.69 * (4.0 * 1024 * 4096 * 1024 + 9.0 * 1024 * 1024 * 1024) / 2;
    return new ExecutorSpeed(forward * cores, decomposition * cores, 1e9, 10);
  }

  /** Returns the same machine with a forward speed that was measured on it. */
  public static ExecutorSpeed ofForward(double forward) {
    ExecutorSpeed core = measured(1);
    return new ExecutorSpeed(
        forward, forward * core.decomposition / core.forward, core.bytes, core.start);
  }

  /**
   * Returns the same after its start: the checkpoint is read, the kernels are not compiled yet
   * (benchmarks/README.md).
   */
  public ExecutorSpeed started() {
    return new ExecutorSpeed(forward, decomposition, Double.POSITIVE_INFINITY, COMPILATION);
  }
}
