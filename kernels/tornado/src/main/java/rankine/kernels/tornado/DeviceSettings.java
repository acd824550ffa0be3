package rankine.kernels.tornado;

/**
 * Settings of a {@link TornadoBackend}.
 *
 * @param checked whether each kernel is compared with the oracle on small input before its first
 *     use
 * @param profiled whether to count transfers, at some cost per execution
 * @param segmentGraphAfter the number of runs after which a program segment, until then run kernel
 *     by kernel, runs as one graph: TornadoVM compiles every task of a graph anew, which pays off
 *     only for segments that run often
 * @param programGraphAfter the number of runs after which a program on few rows runs as one graph,
 *     without a wait between segments
 */
record DeviceSettings(
    boolean checked, boolean profiled, int segmentGraphAfter, int programGraphAfter) {
  /**
   * Production settings. The graph of a program is estimated to repay itself after about 5,000 runs
   * on PoCL: 28 layers have some 150 launches, each of which compiles in 0.12 to 0.27 s, and it
   * saves 28 waits of 0.16 ms a run. Beginning there costs at most twice what the better choice
   * would (the ski-rental rule).
   */
  static final DeviceSettings STANDARD = new DeviceSettings(true, false, 100, 5000);

  /** For {@link TornadoProvider#trial}: no self-check. */
  static final DeviceSettings TRIAL = new DeviceSettings(false, false, 100, Integer.MAX_VALUE);
}
