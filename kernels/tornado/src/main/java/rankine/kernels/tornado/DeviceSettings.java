package rankine.kernels.tornado;

/**
 * How to use a device.
 *
 * @param checked whether each kernel is tried on small input before its first use
 * @param profiled whether to count what crosses, at some cost
 * @param wholeAfter a part of a program is compiled as one graph once it has run so often kernel by
 *     kernel: each task of a graph is compiled anew, which pays for what runs long
 */
record DeviceSettings(boolean checked, boolean profiled, int wholeAfter) {
  /** For everyday use. */
  static final DeviceSettings STANDARD = new DeviceSettings(true, false, 100);

  /** For a measurement. */
  static final DeviceSettings TRIAL = new DeviceSettings(false, false, 100);
}
