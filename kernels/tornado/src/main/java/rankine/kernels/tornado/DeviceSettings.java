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
 */
record DeviceSettings(boolean checked, boolean profiled, int segmentGraphAfter) {
  /** Production settings. */
  static final DeviceSettings STANDARD = new DeviceSettings(true, false, 100);

  /** For {@link TornadoProvider#trial}: no self-check. */
  static final DeviceSettings TRIAL = new DeviceSettings(false, false, 100);
}
